package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.guest.GuestException;
import dev.ktstr.inspect.KernelView;
import dev.ktstr.run.BootedGuest;
import dev.ktstr.vm.bpf.BpfMap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A guest under the fixture scheduler, with maps of every kind in it, and those that can say what it holds. */
final class ProofGuest implements AutoCloseable {
    /** Maps that are there beside those of a kind each. */
    static final int MANY = 200;

    private static final String PINS = "/sys/fs/bpf";

    private final ObservedGuest observed;
    private final KernelView kernel;
    private final Bpftool bpftool;
    private final Map<String, List<String>> said;

    private ProofGuest(ObservedGuest observed) throws IOException {
        this.observed = observed;
        observed.startScheduler("--verifier-log");
        kernel = guest().kernel();
        bpftool = new Bpftool(guest());
        String objects = Tools.send(guest(), Tools.compiled("bpf_objects"));
        said = Tools.run(guest(), objects, PINS, Integer.toString(MANY))
                .lines()
                .map(line -> Arrays.asList(line.split(" ", -1)))
                .collect(Collectors.toMap(words -> words.get(0), words -> words.subList(1, words.size())));
    }

    /** Boots one of that kernel; empty for that of this process. */
    static ProofGuest boot(Optional<String> kernel, Path folder) throws IOException {
        ObservedGuest observed = ObservedGuest.boot(kernel, "Fixtures#confined", Map.of(), folder);
        boolean up = false;
        try {
            ProofGuest guest = new ProofGuest(observed);
            up = true;
            return guest;
        } finally {
            if (!up) {
                observed.close();
            }
        }
    }

    ObservedGuest observed() {
        return observed;
    }

    BootedGuest guest() {
        return observed.guest();
    }

    KernelView kernel() {
        return kernel;
    }

    Bpftool bpftool() {
        return bpftool;
    }

    /** What the program that made the maps said of them: a word, and those behind it. */
    Map<String, List<String>> said() {
        return said;
    }

    BpfMap map(String name) {
        return kernel.bpf().map(name);
    }

    /** A file of the guest, empty when it has none such. */
    Optional<String> text(String path) {
        try {
            return Optional.of(guest().readText(path));
        } catch (GuestException e) {
            assertThat(e.kind()).isEqualTo(GuestException.Kind.AGENT);
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        observed.close();
    }
}
