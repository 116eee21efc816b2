package dev.ktstr.vm.kvm;

import dev.ktstr.vm.Backend;
import dev.ktstr.vm.Forking;
import dev.ktstr.vm.SavedGuest;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.VmSpec;
import dev.ktstr.vm.host.HostMemory;
import dev.ktstr.vm.internal.linux.Kvm;
import dev.ktstr.vm.internal.linux.KvmCpu;
import dev.ktstr.vm.internal.linux.KvmVm;
import dev.ktstr.vm.internal.machine.BootFiles;
import dev.ktstr.vm.internal.machine.KernelCommandLine;
import dev.ktstr.vm.internal.machine.RingCounter;
import dev.ktstr.vm.internal.ram.GuestRam;
import dev.ktstr.vm.internal.ram.RamLayout;
import dev.ktstr.vm.kvm.boot.BootLoader;
import dev.ktstr.vm.kvm.boot.InitialRegisters;
import dev.ktstr.vm.kvm.cpuid.CacheModel;
import dev.ktstr.vm.kvm.cpuid.GuestCpuid;
import dev.ktstr.vm.kvm.machine.ApicIds;
import dev.ktstr.vm.kvm.machine.MachineDescription;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Runs guests in this process on {@code /dev/kvm}. */
public final class KvmBackend implements Backend {
    /** The backend's name. */
    public static final String NAME = "kvm";

    /** File in the working folder that COM1 is written to. */
    public static final String CONSOLE = "console.log";

    /** File in the working folder with the machine's description, and in the end what its vCPUs did. */
    public static final String DESCRIPTION = "vm.txt";

    /** Below the local APICs and above RAM and devices: three pages and one that Intel hosts need for real mode. */
    private static final long TSS_ADDRESS = 0xfffbd000L;

    private static final long IDENTITY_MAP_ADDRESS = 0xfffbc000L;

    private static final long X2APIC_32BIT_IDS_NO_BROADCAST_QUIRK = 3;

    /** AMD guests look for the oldest counters without asking CPUID; with this they are not there. */
    private static final long PMU_DISABLE = 1;

    private static final AtomicInteger MACHINES = new AtomicInteger();

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Availability availability() {
        return KvmProbe.probe();
    }

    @Override
    public Optional<Forking> forking() {
        return Optional.of(new KvmForking(this));
    }

    /** What a fork begins with. */
    record Origin(SavedGuest saved, KvmState state) {}

    @Override
    public VirtualMachine start(VmSpec spec) {
        BootFiles.check(spec);
        return start(spec, null);
    }

    /** Starts a machine that boots, or one that takes a saved guest over and stays frozen. */
    VirtualMachine start(VmSpec spec, @Nullable Origin origin) {
        RamLayout layout = RamLayout.of(spec);
        if (!spec.hugePages()) {
            HostMemory.check(spec.memoryMb()); // huge pages are counted by themselves
        }
        Deque<AutoCloseable> made = new ArrayDeque<>();
        try (Kvm kvm = Kvm.open()) {
            KvmMachine machine = build(kvm, spec, layout, origin, made);
            if (origin == null) {
                machine.begin();
            } else {
                beginFrozen(machine, origin, made);
            }
            return machine;
        } catch (IOException e) {
            undo(made);
            throw new VmException("starting a guest in " + spec.workDir() + " failed: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            undo(made);
            throw e;
        }
    }

    /** Threads run once this begins: the machine takes itself apart when it fails. */
    private static void beginFrozen(KvmMachine machine, Origin origin, Deque<AutoCloseable> made) {
        made.clear();
        try {
            machine.beginFrozen(origin.state());
        } catch (RuntimeException e) {
            machine.close();
            throw e;
        }
    }

    private static void undo(Deque<AutoCloseable> made) {
        while (!made.isEmpty()) {
            KvmParts.close("half-made parts", made.pop());
        }
    }

    private static KvmMachine build(
            Kvm kvm, VmSpec spec, RamLayout layout, @Nullable Origin origin, Deque<AutoCloseable> made)
            throws IOException {
        String name = "vm" + MACHINES.incrementAndGet();
        MachineDescription description = MachineDescription.of(spec, layout);
        ApicIds ids = description.apicIds();
        checkLimits(kvm, ids);
        String commandLine = KernelCommandLine.of(spec, BootLoader.kernelArguments(description));
        GuestRam ram = own(
                made,
                origin == null
                        ? new GuestRam(layout, spec.hugePages())
                        : KvmForking.IMAGES.fork(layout, origin.saved()));
        InitialRegisters start = origin == null
                ? new BootLoader(ram.memory(), description).load(spec.kernel(), spec.initramfs(), commandLine)
                : null;

        KvmVm vm = own(made, kvm.createVm());
        giveMemory(vm, ram);
        vm.createInterruptControllers(TSS_ADDRESS, IDENTITY_MAP_ADDRESS);
        if (ids.needX2apic()) {
            vm.enable(Kvm.CAP_X2APIC_API, X2APIC_32BIT_IDS_NO_BROADCAST_QUIRK);
        }
        if ((kvm.extension(Kvm.CAP_PMU_CAPABILITY) & PMU_DISABLE) != 0) {
            vm.enable(Kvm.CAP_PMU_CAPABILITY, PMU_DISABLE);
        }
        EndSwitch end = new EndSwitch();
        RingCounter doorbell = new RingCounter();
        Hardware hardware = new Hardware(vm, end, doorbell::ring);
        ConsoleFile console = own(
                made,
                new ConsoleFile(
                        hardware.consoleOut,
                        spec.workDir().resolve(CONSOLE),
                        origin == null ? new byte[0] : origin.saved().console(),
                        name));
        Breakpoints breakpoints = new Breakpoints();
        List<Vcpu> vcpus = new ArrayList<>();
        GuestCpuid cpuid = cpuid(kvm, ids);
        ExitReport report = new ExitReport(ram.memory());
        for (int i = 0; i < spec.topology().cpus(); i++) {
            KvmCpu cpu = own(made, vm.createCpu(ids.of(i)));
            cpu.setCpuid(CpuSetup.rows(cpuid.of(i)));
            CpuSetup.firmware(cpu);
            if (i == 0 && start != null) {
                CpuSetup.enter(cpu, start);
            }
            ExitHandler exits = new ExitHandler(i, hardware.ports, hardware.memory, end, breakpoints, report);
            vcpus.add(new Vcpu(i, cpu, exits, end, name));
        }
        boolean statistics = kvm.extension(Kvm.CAP_BINARY_STATS_FD) > 0;
        KvmParts parts = new KvmParts(vm, ram, hardware, console, doorbell, end, breakpoints, vcpus, statistics);
        if (origin != null) {
            Frozen.restore(parts, origin.state());
        }
        return new KvmMachine(spec, parts, name, describe(spec, layout, ids, commandLine));
    }

    private static <T extends AutoCloseable> T own(Deque<AutoCloseable> made, T resource) {
        made.push(resource);
        return resource;
    }

    private static void checkLimits(Kvm kvm, ApicIds ids) {
        int cpus = ids.topology().cpus();
        int most = kvm.extension(Kvm.CAP_MAX_VCPUS);
        if (cpus > most) {
            throw new VmException("topology " + ids.topology() + " has " + cpus + " CPUs, and this host's KVM allows "
                    + most + " in a guest; use a smaller topology (maxCpus), or -Dktstr.backend=qemu");
        }
        int mostId = Math.max(kvm.extension(Kvm.CAP_MAX_VCPU_ID), most);
        if (ids.max() >= mostId) {
            throw new VmException("topology " + ids.topology() + " needs APIC ids up to " + ids.max()
                    + ", and this host's KVM allows ids below " + mostId
                    + "; use a topology whose dimensions are powers of two, or -Dktstr.backend=qemu");
        }
        if (ids.needX2apic() && kvm.extension(Kvm.CAP_X2APIC_API) == 0) {
            throw new VmException(
                    "topology " + ids.topology() + " needs APIC ids up to " + ids.max()
                            + ", above 254, and this host's KVM (older than 4.8) has no x2APIC for that; use a smaller topology");
        }
        if (kvm.extension(Kvm.CAP_IMMEDIATE_EXIT) == 0) {
            throw new VmException(
                    "this host's KVM is older than 4.11 and cannot stop a vCPU reliably; use a newer kernel,"
                            + " or -Dktstr.backend=qemu");
        }
    }

    private static void giveMemory(KvmVm vm, GuestRam ram) {
        int slot = 0;
        for (GuestRam.Region r : ram.regions()) {
            vm.setMemory(slot++, r.gpa(), r.mapping(), r.offset(), r.length());
        }
    }

    private static GuestCpuid cpuid(Kvm kvm, ApicIds ids) {
        boolean deadlineTimer = kvm.extension(Kvm.CAP_TSC_DEADLINE_TIMER) > 0;
        return new GuestCpuid(
                CpuSetup.entries(kvm.supportedCpuid()),
                ids,
                new GuestCpuid.Options(CacheModel.DEFAULT, deadlineTimer, false, false));
    }

    private static String describe(VmSpec spec, RamLayout layout, ApicIds ids, String commandLine) {
        return "kvm: topology " + spec.topology() + " (APIC ids up to " + ids.max() + "), MiB of the nodes "
                + layout.nodeMb() + ", kernel " + spec.kernel() + ", initramfs " + spec.initramfs() + ", command line: "
                + commandLine;
    }
}
