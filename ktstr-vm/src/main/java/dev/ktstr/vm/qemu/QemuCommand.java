package dev.ktstr.vm.qemu;

import dev.ktstr.spec.CpuTopology;
import dev.ktstr.spec.NumaMemory;
import dev.ktstr.vm.MachineLayout;
import dev.ktstr.vm.VmSpec;
import dev.ktstr.vm.internal.machine.KernelCommandLine;
import dev.ktstr.vm.internal.ram.RamLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Builds QEMU's argument list from a spec. Pure: everything that depends on the host comes in as {@link Host}.
 *
 * <p>Times in the comments: a 4-vCPU guest with a 7.2 distribution kernel under TCG on 2 host CPUs, to power-off; 4.3 s
 * for the bzImage with QEMU's defaults.
 */
final class QemuCommand {
    /**
     * A CPU of the x86-64-v2 level, with the bit-manipulation instructions of v3 but without AVX: XSAVE state costs boot
     * time under TCG (1.8 s with this, 2.5 s with {@code max}). QEMU prints no warnings for it (newer named models: 12
     * lines a vCPU). A user space built for v3 needs {@code -Dktstr.qemu.cpu=max}.
     */
    static final String TCG_CPU = "Nehalem,+bmi1,+bmi2,+movbe,+abm,+rdrand";

    /**
     * What of the host goes into the command.
     *
     * @param cpus host CPUs that QEMU may use
     * @param kvm whether KVM can run guests here
     * @param qboot the small firmware, or null: 0.2 s faster than SeaBIOS to the kernel's first instruction
     * @param tcgCpu CPU model where KVM is not used
     */
    record Host(int cpus, boolean kvm, @Nullable Path qboot, String tcgCpu) {
        /** Whether a guest's clock and CPUs keep pace with the host's. */
        boolean keepsTime(CpuTopology topology) {
            return kvm && topology.cpus() <= cpus;
        }

        /** Whether all vCPUs share one thread of the translator. */
        boolean oneThread(CpuTopology topology) {
            return !kvm && topology.cpus() > cpus;
        }
    }

    /**
     * What of this one machine goes into the command.
     *
     * @param ram sizes of the nodes
     * @param nodePaths for each node the file of its RAM
     * @param sockets folder of the sockets {@link #QMP}, {@link #COM2} and {@link #DOORBELL}, on which we listen
     * @param console file for COM1
     * @param fork whether the machine takes over a saved guest instead of booting one; it then needs no kernel, and adds to
     *     the console
     */
    record Parts(RamLayout ram, List<String> nodePaths, Path sockets, Path console, boolean fork) {}

    static final String QMP = "qmp";
    static final String COM2 = "com2";
    static final String DOORBELL = "bell";

    private final List<String> args = new ArrayList<>();

    private QemuCommand() {}

    static List<String> build(Path qemu, VmSpec spec, Host host, Parts parts) {
        QemuCommand c = new QemuCommand();
        c.add(qemu.toString());
        c.machine(spec, host, parts);
        c.ram(spec, parts);
        c.ports(parts);
        if (parts.fork()) {
            c.add("-incoming", "defer");
        } else {
            c.add("-kernel", spec.kernel().toString());
            c.add("-initrd", spec.initramfs().toString());
            c.add("-append", KernelCommandLine.of(spec, !host.kvm(), true));
        }
        return List.copyOf(c.args);
    }

    private void machine(VmSpec spec, Host host, Parts parts) {
        CpuTopology t = spec.topology();
        // pc boots a little faster than q35. What is switched off has no user in the guest and costs probing time.
        String machine = "pc,max-ram-below-4g=" + RamLayout.LOW_LIMIT + ",hpet=off,i8042=off,vmport=off,usb=off";
        if (!numa(spec)) {
            machine += ",memory-backend=ram0";
        }
        if (performance(spec)) {
            machine += ",hmat=on";
        }
        add("-machine", machine);
        if (host.qboot() != null) {
            add("-bios", host.qboot().toString());
        }
        if (host.kvm()) {
            add("-accel", "kvm");
            add("-cpu", "host");
        } else {
            // One thread for all vCPUs once they outnumber the host's: 32 vCPUs on 2 CPUs boot in 5.4 s against 31.5 s.
            add("-accel", "tcg,thread=" + (host.oneThread(t) ? "single" : "multi"));
            add("-cpu", host.tcgCpu());
        }
        // One LLC is one socket: the only form that shows the same caches with every CPU model under TCG.
        add("-smp", t.cpus() + ",sockets=" + t.llcs() + ",cores=" + t.coresPerLlc() + ",threads=" + t.threadsPerCore());
        add("-m", (parts.ram().totalBytes() >> 20) + "M");
        add("-nodefaults", "-no-user-config", "-no-reboot");
        add("-display", "none");
        // Stopped until the monitor is ready: QEMU sends no events before, and a guest that ends at once would end
        // unseen.
        add("-S");
        add("-name", "ktstr-" + t);
    }

    private void ram(VmSpec spec, Parts parts) {
        List<Integer> sizes = parts.ram().nodeMb();
        for (int node = 0; node < sizes.size(); node++) {
            add(
                    "-object",
                    "memory-backend-file,id=ram" + node + ",size=" + sizes.get(node) + "M,share=on,mem-path="
                            + escape(parts.nodePaths().get(node)));
        }
        if (numa(spec)) {
            nodes(spec);
        }
    }

    /** Whether the firmware tells of nodes; of a single one, only when there is more to say than that. */
    private static boolean numa(VmSpec spec) {
        return spec.numaNodes() > 1 || performance(spec);
    }

    private static boolean performance(VmSpec spec) {
        return spec.memory().filter(NumaMemory::hasPerformance).isPresent();
    }

    /** Nodes, distances, and what is known of their speed; a node without CPUs is nearest to the CPUs of its initiator. */
    private void nodes(VmSpec spec) {
        CpuTopology t = spec.topology();
        int cpusPerNode = t.llcsPerNode() * t.cpusPerLlc();
        Optional<NumaMemory> memory = spec.memory();
        boolean speeds = performance(spec);
        for (int node = 0; node < spec.numaNodes(); node++) {
            String cpus = "";
            if (node < t.numaNodes()) {
                cpus = ",cpus=" + node * cpusPerNode + "-" + ((node + 1) * cpusPerNode - 1);
            }
            String initiator = speeds ? ",initiator=" + memory.orElseThrow().initiatorOf(node, t.numaNodes()) : "";
            add("-numa", "node,nodeid=" + node + cpus + ",memdev=ram" + node + initiator);
        }
        for (int from = 0; from < spec.numaNodes(); from++) {
            for (int to = 0; to < spec.numaNodes(); to++) {
                int distance = memory.isPresent()
                        ? memory.get().distance(from, to)
                        : from == to ? NumaMemory.LOCAL_DISTANCE : NumaMemory.REMOTE_DISTANCE;
                add("-numa", "dist,src=" + from + ",dst=" + to + ",val=" + distance);
            }
        }
        if (speeds) {
            speeds(memory.orElseThrow(), t.numaNodes());
        }
    }

    private void speeds(NumaMemory memory, int initiators) {
        for (int from = 0; from < initiators; from++) {
            for (int to = 0; to < memory.nodes().size(); to++) {
                String path = "hmat-lb,initiator=" + from + ",target=" + to + ",hierarchy=memory,data-type=access-";
                add("-numa", path + "latency,latency=" + memory.latencyNs(from, to, initiators));
                add("-numa", path + "bandwidth,bandwidth=" + memory.bandwidthMbS(from, to, initiators) + "M");
            }
        }
        for (int node = 0; node < memory.nodes().size(); node++) {
            int cacheMb = memory.nodes().get(node).cacheMb();
            if (cacheMb > 0) {
                add(
                        "-numa",
                        "hmat-cache,node-id=" + node + ",size=" + cacheMb
                                + "M,level=1,associativity=direct,policy=write-back,line=64");
            }
        }
    }

    private void ports(Parts parts) {
        add("-chardev", "file,id=com1,path=" + escape(parts.console().toString()) + (parts.fork() ? ",append=on" : ""));
        add("-device", "isa-serial,chardev=com1,index=0");
        socket(parts, COM2);
        add("-device", "isa-serial,chardev=" + COM2 + ",index=1");
        socket(parts, DOORBELL);
        add(
                "-device",
                "isa-debugcon,iobase=0x" + Integer.toHexString(MachineLayout.DOORBELL_PORT) + ",chardev=" + DOORBELL);
        socket(parts, QMP);
        add("-mon", "chardev=" + QMP + ",mode=control");
    }

    private void socket(Parts parts, String name) {
        add(
                "-chardev",
                "socket,id=" + name + ",server=off,path="
                        + escape(parts.sockets().resolve(name).toString()));
    }

    private void add(String... words) {
        args.addAll(List.of(words));
    }

    /** In QEMU's option syntax a comma in a value is written twice. */
    private static String escape(String value) {
        return value.replace(",", ",,");
    }
}
