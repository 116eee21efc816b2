package dev.ktstr.run;

import dev.ktstr.inspect.InspectException;
import dev.ktstr.inspect.KernelView;
import dev.ktstr.run.TestEntry.MapWrite;
import dev.ktstr.vm.bpf.BpfException;
import dev.ktstr.vm.bpf.BpfGlobals;
import dev.ktstr.vm.bpf.BpfMap;
import dev.ktstr.vm.btf.Btf;
import dev.ktstr.vm.btf.BtfException;
import dev.ktstr.vm.btf.BtfKind;
import dev.ktstr.vm.btf.Similar;
import dev.ktstr.vm.kernel.KernelAccessException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Writes values into the scheduler's globals once it is attached, and before the test's body runs. */
final class MapWrites implements Companion {
    private static final String STAGE = "map write";
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration STEP = Duration.ofMillis(10);

    private final List<MapWrite> writes;
    private final Duration limit;
    private final List<Map<String, Object>> done = new ArrayList<>();
    private @Nullable BootedGuest guest;

    /** Those of a test. @throws RunException when {@code ktstr.mapwrite.timeout} is no number of seconds */
    MapWrites(List<MapWrite> writes, Options options) {
        this.writes = writes;
        this.limit = options.seconds("mapwrite.timeout", LIMIT);
    }

    @Override
    public void booted(BootedGuest booted) {
        guest = booted;
    }

    /** @throws RunException when a map or variable does not come, or cannot take the value */
    @Override
    public void attached() {
        BootedGuest booted = guest;
        if (booted == null || writes.isEmpty()) {
            return;
        }
        for (MapWrite write : writes) {
            try {
                write(booted, write);
            } catch (InspectException | BpfException | BtfException | KernelAccessException e) {
                throw RunException.setup(STAGE, write + ": " + e.getMessage());
            }
        }
    }

    private void write(BootedGuest booted, MapWrite write) {
        KernelView kernel = booted.kernel();
        BpfMap map = await(booted, write);
        Map<String, Object> fact = new LinkedHashMap<>();
        fact.put("map", map.name());
        byte[] value = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(write.value())
                .array();
        if (write.variable().isPresent()) {
            BpfGlobals.Variable variable =
                    variable(kernel, map, write.variable().get());
            fact.put("variable", variable.name());
            kernel.values().write(map, 0, variable.offset(), Arrays.copyOf(value, size(map, variable, write.value())));
        } else {
            fact.put("offset", write.offset());
            kernel.values().write(map, 0, write.offset(), Arrays.copyOf(value, Integer.BYTES));
        }
        fact.put("value", write.value());
        done.add(fact);
    }

    /** A scheduler may make its maps, or fill them, a while after it was seen attached. */
    private BpfMap await(BootedGuest booted, MapWrite write) {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            List<BpfMap> maps = booted.kernel().bpf().maps();
            Optional<BpfMap> found = named(maps, write.map());
            if (found.isPresent()) {
                return found.get();
            } else if (System.nanoTime() > end
                    || booted.session().schedulerExit().isPresent()) {
                String when = booted.session().schedulerExit().isPresent()
                        ? "the scheduler has ended, and there is no such BPF map"
                        : "no such BPF map within " + limit.toSeconds() + " s of the scheduler's attachment";
                throw new BpfException(when + "; "
                        + Similar.hint(
                                write.map(),
                                maps.stream().map(BpfMap::name).distinct().toList()));
            }
            pause();
        }
    }

    /**
     * The map of that name, else the one whose name ends so: libbpf puts the first letters of the program before a section.
     *
     * @throws BpfException when there are several
     */
    static Optional<BpfMap> named(List<BpfMap> maps, String name) {
        List<BpfMap> exact =
                maps.stream().filter(map -> map.name().equals(name)).toList();
        List<BpfMap> found = !exact.isEmpty()
                ? exact
                : maps.stream().filter(map -> map.name().endsWith(name)).toList();
        if (found.size() > 1) {
            throw new BpfException(found.size() + " BPF maps are named so: "
                    + found.stream().map(BpfMap::name).toList()
                    + (exact.isEmpty() ? "; write the whole name of one" : ", and nothing tells them apart"));
        }
        return found.stream().findFirst();
    }

    private static void pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(STEP.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RunException.setup(STAGE, "interrupted while waiting for a BPF map");
        }
    }

    private static BpfGlobals.Variable variable(KernelView kernel, BpfMap map, String name) {
        List<BpfGlobals.Variable> variables = kernel.globals().variables().stream()
                .filter(v -> v.map().id() == map.id())
                .toList();
        return variables.stream()
                .filter(v -> v.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new BpfException("map " + map.name() + " has no variable '" + name + "'; "
                        + Similar.hint(
                                name,
                                variables.stream()
                                        .map(BpfGlobals.Variable::name)
                                        .toList())));
    }

    /** The variable's size: that many bytes are written, those above 32 bits as zeros. */
    private static int size(BpfMap map, BpfGlobals.Variable variable, long value) {
        Btf btf = map.btf().orElseThrow();
        BtfKind kind = btf.type(btf.resolve(variable.type())).kind();
        int size = btf.size(variable.type());
        boolean number = kind == BtfKind.INT || kind == BtfKind.ENUM || kind == BtfKind.ENUM64;
        if (!number || size > Long.BYTES) {
            throw new BpfException(variable + " is no number but " + kind + " of " + size
                    + " bytes; say by offset which four bytes are meant");
        }
        if (size < Integer.BYTES && value >>> (size * Byte.SIZE) != 0) {
            throw new BpfException(variable + " has " + size * Byte.SIZE + " bits, which cannot hold " + value);
        }
        return size;
    }

    @Override
    public void close() {
        // Nothing is held.
    }

    @Override
    public void contribute(Map<String, Object> sidecar, Map<String, String> sections) {
        if (!done.isEmpty()) {
            sidecar.put("bpfMapWrites", done);
        }
    }
}
