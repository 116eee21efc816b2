package dev.ktstr.vm.kvm;

import dev.ktstr.vm.ControlChannel;
import dev.ktstr.vm.Doorbell;
import dev.ktstr.vm.GuestMemory;
import dev.ktstr.vm.SavedGuest;
import dev.ktstr.vm.VcpuRegisters;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.VmExit;
import dev.ktstr.vm.VmSpec;
import dev.ktstr.vm.Watchpoint;
import dev.ktstr.vm.host.ThreadTimes;
import dev.ktstr.vm.internal.linux.KvmCpu;
import dev.ktstr.vm.internal.linux.KvmStats;
import dev.ktstr.vm.internal.machine.Ending;
import dev.ktstr.vm.internal.machine.FileTail;
import dev.ktstr.vm.internal.machine.PanicLine;
import dev.ktstr.vm.kvm.device.UnclaimedAccesses;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A guest in this process: a thread for each vCPU, one that writes the console, and one, the keeper, that waits for the
 * end, stops the others and says how it ended.
 */
public final class KvmMachine implements VirtualMachine {
    private static final Logger LOG = LoggerFactory.getLogger(KvmMachine.class);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration CONSOLE_FLUSH = Duration.ofSeconds(5);
    private static final int CONSOLE_TAIL = 64 << 10;

    private final VmSpec spec;
    private final KvmParts parts;
    private final String description;
    private final QueueControlChannel control;
    private final Thread keeper;
    private final Ending ending = new Ending();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Standstill standstill;
    private volatile boolean stuck;

    /** Takes the parts over and closes them in the end. */
    KvmMachine(VmSpec spec, KvmParts parts, String name, String description) {
        this.spec = spec;
        this.parts = parts;
        this.description = description;
        this.standstill = new Standstill(parts, name);
        this.control =
                new QueueControlChannel(parts.hardware().controlOut, parts.hardware().controlIn, parts.console());
        this.keeper = new Thread(this::keep, "ktstr-keeper-" + name);
        keeper.setDaemon(true);
    }

    /** Lets the guest run. */
    void begin() {
        parts.console().start();
        keeper.start();
        parts.vcpus().forEach(Vcpu::start);
        // Who asks for the threads of a machine that runs finds all of them.
        long deadline = System.nanoTime() + STOP_TIMEOUT.toNanos();
        for (Vcpu vcpu : parts.vcpus()) {
            if (!vcpu.awaitBegun(deadline)) {
                parts.end()
                        .end(
                                VmExit.Kind.BACKEND_ERROR,
                                "the thread of vCPU " + vcpu.number() + " did not begin within "
                                        + STOP_TIMEOUT.toSeconds() + " s; the host is overloaded");
                return;
            }
        }
    }

    /** The same for a fork: it stands still, and its clocks go on with the first {@link #resume()}. */
    void beginFrozen(KvmState state) {
        standstill.goesOnWith(state);
        parts.vcpus().forEach(Vcpu::requestPause);
        begin();
        freeze();
    }

    /** Writes the guest down. It is frozen, and stays so. */
    void save(SavedGuest.Sink sink, int[] msrs) throws IOException {
        freeze();
        try {
            parts.console().flush(CONSOLE_FLUSH.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the console of a guest was written down");
        }
        sink.console(Files.readAllBytes(console()));
        sink.devices(Frozen.save(parts, msrs).encode());
        parts.ram().save(sink);
    }

    @Override
    public VmSpec spec() {
        return spec;
    }

    @Override
    public String backend() {
        return KvmBackend.NAME;
    }

    @Override
    public boolean keepsTime() {
        return spec.topology().cpus() <= Runtime.getRuntime().availableProcessors();
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public GuestMemory memory() {
        return parts.ram().memory();
    }

    @Override
    public ControlChannel control() {
        return control;
    }

    @Override
    public Doorbell doorbell() {
        return parts.doorbell();
    }

    @Override
    public Path console() {
        return spec.workDir().resolve(KvmBackend.CONSOLE);
    }

    @Override
    public void freeze() {
        standstill.freeze();
    }

    @Override
    public void resume() {
        standstill.resume();
    }

    /** How long the guest has stood still by {@link #freeze()} and {@link #watch} so far, in total. Its clocks went on meanwhile. */
    public Duration frozenTime() {
        return standstill.time();
    }

    /**
     * Reads a vCPU's registers, frozen or between two of its instructions.
     *
     * @throws VmException when the guest has ended
     */
    public Registers registers(int cpu) {
        return parts.vcpus()
                .get(cpu)
                .call("reading registers", c -> Registers.of(c.registers(), c.specialRegisters(), c.debugRegisters()));
    }

    /**
     * Translates a guest-linear address by a vCPU's page tables.
     *
     * @return the guest-physical address, or -1 where nothing is mapped
     */
    public long translate(int cpu, long linear) {
        return parts.vcpus().get(cpu).call("translating an address", c -> c.translate(linear));
    }

    /**
     * Replaces the hardware breakpoints, on all vCPUs. While some are set, the guest cannot use its debug registers.
     *
     * @param breakpoints at most {@link Breakpoint#MOST}; none gives the registers back to the guest
     * @param listener hears of each hit
     * @throws VmException when the guest has ended
     */
    public void setBreakpoints(List<Breakpoint> breakpoints, Breakpoint.Listener listener) {
        parts.breakpoints().set(breakpoints, listener);
        for (Vcpu vcpu : parts.vcpus()) {
            vcpu.call("setting breakpoints", c -> {
                parts.breakpoints().arm(c);
                return true;
            });
        }
    }

    @Override
    public void watch(List<Watchpoint> watchpoints, Watchpoint.Listener told) {
        if (watchpoints.size() > Watchpoint.MOST) {
            throw new IllegalArgumentException(
                    watchpoints.size() + " watchpoints were given, and a CPU has " + Watchpoint.MOST);
        }
        List<Breakpoint> breakpoints = watchpoints.stream()
                .map(w -> new Breakpoint(w.address(), Breakpoint.Kind.WRITE, w.length()))
                .toList();
        standstill.watch(watchpoints, told);
        setBreakpoints(breakpoints, standstill::onHit);
    }

    @Override
    public List<VcpuRegisters> registers() {
        return parts.vcpus().stream()
                .map(vcpu -> new VcpuRegisters(
                        vcpu.number(), registers(vcpu.number()).byName()))
                .toList();
    }

    /** What each vCPU has cost and done so far; asks each between two runs, so it costs each one exit. Valid until {@link #close()}; a thread that has ended costs nothing more. */
    public List<VcpuUsage> usage() {
        return parts.vcpus().stream().map(this::usage).toList();
    }

    @Override
    public List<Long> vcpuThreads() {
        List<Long> threads =
                parts.vcpus().stream().map(vcpu -> vcpu.cpu().threadId()).toList();
        return threads.contains(0L) ? List.of() : threads;
    }

    private VcpuUsage usage(Vcpu vcpu) {
        long tid = vcpu.cpu().threadId();
        ThreadTimes times = tid == 0 ? vcpu.lastTimes() : ThreadTimes.of(tid).orElseGet(vcpu::lastTimes);
        Map<String, Long> counters = Map.of();
        if (parts.statistics() && !closed.get()) {
            counters = vcpu.callOrAfter("reading statistics", KvmMachine::counters);
        }
        return new VcpuUsage(vcpu.number(), times.ranNs(), times.waitedNs(), vcpu.exitCount(), counters);
    }

    private static Map<String, Long> counters(KvmCpu cpu) {
        try (KvmStats stats = cpu.stats()) {
            return stats.read();
        }
    }

    /** What the guest did at I/O ports without a device. */
    public UnclaimedAccesses unclaimedPorts() {
        return parts.hardware().ports.unclaimed();
    }

    /** What the guest did at physical addresses without RAM or device. */
    public UnclaimedAccesses unclaimedMemory() {
        return parts.hardware().memory.unclaimed();
    }

    @Override
    public Optional<VmExit> exit() {
        return ending.now();
    }

    @Override
    public Optional<VmExit> awaitExit(Duration timeout) throws InterruptedException {
        return ending.await(timeout);
    }

    @Override
    public void kill() {
        parts.end().end(VmExit.Kind.KILLED, "killed by the host");
        if (ending.awaitUninterrupted(STOP_TIMEOUT.multipliedBy(2)).isEmpty()) {
            throw new VmException(
                    "the guest did not end within " + 2 * STOP_TIMEOUT.toSeconds() + " s of being killed");
        }
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        standstill.close();
        try {
            kill();
        } catch (VmException e) {
            LOG.error("{}", e.getMessage());
            stuck = true;
        }
        if (stuck) {
            // A thread inside the kernel uses the mappings: they must stay.
            LOG.error("the RAM of a virtual machine is not released: a vCPU's thread does not stop");
            return;
        }
        parts.close();
    }

    // The keeper

    private void keep() {
        VmExit end;
        try {
            end = parts.end().await();
        } catch (InterruptedException e) {
            end = new VmExit(VmExit.Kind.BACKEND_ERROR, "the thread that keeps the machine was interrupted");
            parts.end().end(end.kind(), end.detail());
        }
        parts.vcpus().forEach(Vcpu::requestStop);
        long deadline = System.nanoTime() + STOP_TIMEOUT.toNanos();
        for (Vcpu vcpu : parts.vcpus()) {
            if (!vcpu.awaitStopped(deadline)) {
                LOG.error("vCPU {} did not stop within {} s", vcpu.number(), STOP_TIMEOUT.toSeconds());
                stuck = true;
            }
        }
        parts.console().close();
        end = panicOr(end);
        appendUsage();
        control.end();
        parts.doorbell().end();
        ending.decide(end);
    }

    /** The kernel resets after a panic (panic=-1), so that a panic looks like any reboot but for its console. */
    private VmExit panicOr(VmExit end) {
        if (end.kind() != VmExit.Kind.RESET) {
            return end;
        }
        return PanicLine.in(FileTail.readForMessage(console(), CONSOLE_TAIL))
                .map(line -> new VmExit(VmExit.Kind.PANIC, line))
                .orElse(end);
    }

    /** Leaves beside the console what the vCPUs did, for whoever reads a failure. */
    private void appendUsage() {
        StringBuilder text = new StringBuilder(description).append('\n');
        for (Vcpu vcpu : parts.vcpus()) {
            ThreadTimes times = vcpu.lastTimes();
            text.append("vcpu ")
                    .append(vcpu.number())
                    .append(": ")
                    .append(times.ranNs() / 1_000_000)
                    .append(" ms on a CPU, ");
            text.append(times.waitedNs() / 1_000_000)
                    .append(" ms waiting for one, ")
                    .append(vcpu.exitCount());
            text.append(" exits to this process\n");
        }
        unclaimed(text, "port", unclaimedPorts());
        unclaimed(text, "address", unclaimedMemory());
        try {
            Files.writeString(spec.workDir().resolve(KvmBackend.DESCRIPTION), text);
        } catch (IOException e) {
            LOG.error("writing {} failed: {}", spec.workDir().resolve(KvmBackend.DESCRIPTION), e.toString());
        }
    }

    private static void unclaimed(StringBuilder text, String what, UnclaimedAccesses accesses) {
        for (UnclaimedAccesses.Count c : accesses.counts()) {
            text.append(what)
                    .append(" 0x")
                    .append(Long.toHexString(c.address()))
                    .append(" without a device: ");
            text.append(c.reads()).append(" reads, ").append(c.writes()).append(" writes\n");
        }
    }
}
