package dev.ktstr.vm.kvm.aarch64;

import dev.ktstr.spec.CpuTopology;
import dev.ktstr.vm.kvm.cpuid.CacheModel;
import dev.ktstr.vm.kvm.cpuid.CacheModel.Cache;
import dev.ktstr.vm.kvm.machine.MemoryRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The device tree of a machine: CPUs with their place and caches, memory by node, GICv3, timer, PSCI, two serial ports, the
 * reserved window. Bindings: Documentation/devicetree/bindings of the kernel, {@code cpu/cpu-topology.txt},
 * {@code numa.txt}, {@code interrupt-controller/arm,gic-v3.yaml}, {@code arm/psci.yaml}, {@code timer/arm,arch_timer.yaml},
 * {@code serial/8250.yaml}, {@code reserved-memory/reserved-memory.yaml}.
 */
public final class DeviceTree {
    private static final int SPI = 0;
    private static final int PPI = 1;
    private static final int LEVEL_HIGH = 4;
    private static final int UART_CLOCK_HZ = 1_843_200;
    private static final int UART_BYTES = 0x1000;
    private static final int GIC_PHANDLE = 1;
    private static final int FIRST_CPU_PHANDLE = 2;

    private final ArmMachine machine;
    private final CpuTopology topology;
    private final FdtWriter fdt = new FdtWriter();

    private DeviceTree(ArmMachine machine) {
        this.machine = machine;
        this.topology = machine.topology();
    }

    /**
     * Writes it.
     *
     * @param commandLine the kernel's command line
     * @param initrd where the initial RAM disk is, or null
     * @return the flattened tree
     */
    public static byte[] build(ArmMachine machine, String commandLine, @Nullable MemoryRange initrd) {
        DeviceTree tree = new DeviceTree(machine);
        tree.fdt.begin("");
        tree.fdt.cells("#address-cells", 2).cells("#size-cells", 2);
        tree.fdt.strings("compatible", "linux,dummy-virt").strings("model", "ktstr");
        tree.fdt.cells("interrupt-parent", GIC_PHANDLE);
        tree.chosen(commandLine, initrd);
        tree.memory();
        tree.cpus();
        tree.firmwareAndTimer();
        tree.interruptController();
        tree.serial(ArmLayout.UART1, ArmLayout.UART1_SPI);
        tree.serial(ArmLayout.UART2, ArmLayout.UART2_SPI);
        return tree.fdt.end().toBytes();
    }

    private void chosen(String commandLine, @Nullable MemoryRange initrd) {
        fdt.begin("chosen").strings("bootargs", commandLine).strings("stdout-path", "/" + serialName(ArmLayout.UART1));
        if (initrd != null) {
            fdt.longs("linux,initrd-start", initrd.start()).longs("linux,initrd-end", initrd.end());
        }
        fdt.end();
    }

    private void memory() {
        List<MemoryRange> memory = machine.memory();
        for (int node = 0; node < memory.size(); node++) {
            MemoryRange range = memory.get(node);
            fdt.begin("memory@" + Long.toHexString(range.start())).strings("device_type", "memory");
            fdt.longs("reg", range.start(), range.length());
            numaNode(node);
            fdt.end();
        }
        MemoryRange window = machine.window();
        fdt.begin("reserved-memory")
                .cells("#address-cells", 2)
                .cells("#size-cells", 2)
                .flag("ranges");
        fdt.begin("shm@" + Long.toHexString(window.start())).longs("reg", window.start(), window.length());
        fdt.flag("no-map").end().end();
        if (memory.size() > 1) {
            distances(memory.size());
        }
    }

    private void distances(int nodes) {
        long[] matrix = new long[3 * nodes * nodes];
        int at = 0;
        for (int from = 0; from < nodes; from++) {
            for (int to = 0; to < nodes; to++) {
                matrix[at++] = from;
                matrix[at++] = to;
                matrix[at++] = machine.distances().at(from, to);
            }
        }
        fdt.begin("distance-map").strings("compatible", "numa-distance-map-v1");
        fdt.cells("distance-matrix", matrix).end();
    }

    private void numaNode(int node) {
        if (machine.nodeBytes().size() > 1) {
            fdt.cells("numa-node-id", node);
        }
    }

    private void cpus() {
        fdt.begin("cpus").cells("#address-cells", 1).cells("#size-cells", 0);
        map();
        for (int cpu = 0; cpu < topology.cpus(); cpu++) {
            cpu(cpu);
        }
        CacheModel caches = machine.caches();
        for (int core = 0; core < cores(); core++) {
            cache("l2-cache" + core, 2, caches.l2(), l2Phandle(core), l3Phandle(core / topology.coresPerLlc()));
        }
        for (int llc = 0; llc < topology.llcs(); llc++) {
            cache("l3-cache" + llc, 3, caches.l3(), l3Phandle(llc), 0);
        }
        fdt.end();
    }

    /** A package is a socket of one cluster. */
    private void map() {
        fdt.begin("cpu-map");
        for (int llc = 0; llc < topology.llcs(); llc++) {
            fdt.begin("socket" + llc).begin("cluster0");
            for (int core = 0; core < topology.coresPerLlc(); core++) {
                int first = llc * topology.cpusPerLlc() + core * topology.threadsPerCore();
                fdt.begin("core" + core);
                if (topology.threadsPerCore() == 1) {
                    fdt.cells("cpu", FIRST_CPU_PHANDLE + first);
                } else {
                    for (int thread = 0; thread < topology.threadsPerCore(); thread++) {
                        fdt.begin("thread" + thread)
                                .cells("cpu", FIRST_CPU_PHANDLE + first + thread)
                                .end();
                    }
                }
                fdt.end();
            }
            fdt.end().end();
        }
        fdt.end();
    }

    private void cpu(int cpu) {
        long affinity = ArmMachine.affinity(cpu);
        CacheModel caches = machine.caches();
        fdt.begin("cpu@" + Long.toHexString(affinity))
                .strings("device_type", "cpu")
                .strings("compatible", "arm,armv8");
        fdt.cells("reg", affinity).strings("enable-method", "psci");
        fdt.cells("phandle", FIRST_CPU_PHANDLE + cpu);
        geometry("d-cache-", caches.l1Data());
        geometry("i-cache-", caches.l1Instruction());
        fdt.cells("next-level-cache", l2Phandle(cpu / topology.threadsPerCore()));
        numaNode(cpu / topology.cpusPerLlc() / topology.llcsPerNode());
        fdt.end();
    }

    private void cache(String name, int level, Cache cache, int phandle, int next) {
        fdt.begin(name)
                .strings("compatible", "cache")
                .cells("cache-level", level)
                .flag("cache-unified");
        geometry("cache-", cache);
        fdt.cells("phandle", phandle);
        if (next != 0) {
            fdt.cells("next-level-cache", next);
        }
        fdt.end();
    }

    private void geometry(String prefix, Cache cache) {
        fdt.cells(prefix + "size", cache.sizeBytes());
        fdt.cells(prefix + "line-size", CacheModel.LINE_BYTES).cells(prefix + "sets", cache.sets());
    }

    private void firmwareAndTimer() {
        fdt.begin("psci")
                .strings("compatible", "arm,psci-1.0", "arm,psci-0.2")
                .strings("method", "hvc")
                .end();
        // Secure, non-secure, virtual and hypervisor timer.
        fdt.begin("timer").strings("compatible", "arm,armv8-timer");
        fdt.cells("interrupts", PPI, 13, LEVEL_HIGH, PPI, 14, LEVEL_HIGH, PPI, 11, LEVEL_HIGH, PPI, 10, LEVEL_HIGH);
        fdt.flag("always-on").end();
    }

    private void interruptController() {
        fdt.begin("interrupt-controller@" + Long.toHexString(ArmLayout.GIC_DISTRIBUTOR));
        fdt.strings("compatible", "arm,gic-v3").cells("#interrupt-cells", 3).flag("interrupt-controller");
        fdt.cells("#address-cells", 2).cells("#size-cells", 2).flag("ranges");
        fdt.cells("#redistributor-regions", 1);
        fdt.longs(
                "reg",
                ArmLayout.GIC_DISTRIBUTOR,
                ArmLayout.GIC_DISTRIBUTOR_SIZE,
                ArmLayout.GIC_REDISTRIBUTORS,
                ArmLayout.GIC_REDISTRIBUTOR_SIZE * topology.cpus());
        fdt.cells("phandle", GIC_PHANDLE).end();
    }

    private void serial(long address, int interrupt) {
        fdt.begin(serialName(address)).strings("compatible", "ns16550a").longs("reg", address, UART_BYTES);
        fdt.cells("interrupts", SPI, interrupt, LEVEL_HIGH)
                .cells("clock-frequency", UART_CLOCK_HZ)
                .end();
    }

    private static String serialName(long address) {
        return "serial@" + Long.toHexString(address);
    }

    private int cores() {
        return topology.llcs() * topology.coresPerLlc();
    }

    private int l2Phandle(int core) {
        return FIRST_CPU_PHANDLE + topology.cpus() + core;
    }

    private int l3Phandle(int llc) {
        return l2Phandle(cores()) + llc;
    }
}
