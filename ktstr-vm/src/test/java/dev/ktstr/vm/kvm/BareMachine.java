package dev.ktstr.vm.kvm;

import dev.ktstr.vm.VmExit;
import dev.ktstr.vm.internal.linux.Kvm;
import dev.ktstr.vm.internal.linux.KvmCpu;
import dev.ktstr.vm.internal.linux.KvmVm;
import dev.ktstr.vm.internal.linux.Mapping;
import dev.ktstr.vm.internal.linux.Memfd;
import dev.ktstr.vm.internal.ram.MappedGuestMemory;
import dev.ktstr.vm.kvm.device.InterruptLine;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Our devices and vCPU threads on a machine without interrupt controllers, whose vCPUs run at once, each with a code of its
 * own at the same address of its own RAM slot.
 */
final class BareMachine implements AutoCloseable {
    private static final int RAM = 1 << 20;

    /** Where its guests start, 256 bytes each, and the counter of those that count. */
    private static final int CODE = 0x1000;

    private static final int COUNTER = 0x8000;

    final EndSwitch end = new EndSwitch();
    final Hardware hardware = new Hardware(gsi -> InterruptLine.NONE, end, () -> {});
    final List<Vcpu> vcpus = new ArrayList<>();
    private final List<AutoCloseable> owned = new ArrayList<>();
    private final ByteBuffer ram;

    BareMachine(List<String> codes) {
        try (Kvm kvm = Kvm.open()) {
            Memfd memfd = own(Memfd.create("ktstr-bench", RAM));
            Mapping mapping = own(memfd.map());
            ram = mapping.view(0, RAM);
            MappedGuestMemory memory =
                    own(new MappedGuestMemory(List.of(new MappedGuestMemory.Segment(0, ram)), () -> {}));
            KvmVm vm = own(kvm.createVm());
            vm.setMemory(0, 0, mapping, 0, RAM);
            for (int i = 0; i < codes.size(); i++) {
                int at = CODE + i * 0x100;
                ram.put(at, HexFormat.of().parseHex(codes.get(i)));
                KvmCpu cpu = own(vm.createCpu(i));
                cpu.setCpuid(kvm.supportedCpuid());
                protectedMode(cpu, at);
                ExitHandler exits = new ExitHandler(
                        i, hardware.ports, hardware.memory, end, new Breakpoints(), new ExitReport(memory));
                vcpus.add(new Vcpu(i, cpu, exits, end, "bench"));
            }
        }
    }

    private <T extends AutoCloseable> T own(T part) {
        owned.add(0, part);
        return part;
    }

    void start() {
        vcpus.forEach(Vcpu::start);
    }

    long counter() {
        return ram.getInt(COUNTER) & 0xffffffffL;
    }

    /** Flat 32-bit segments without paging; {@code struct kvm_segment} as in {@link CpuSetup}. */
    private static void protectedMode(KvmCpu cpu, int entry) {
        ByteBuffer s = cpu.specialRegisters();
        for (int at : new int[] {0, 24, 48, 72, 96, 120}) {
            boolean code = at == 0;
            s.putLong(at, 0).putInt(at + 8, -1).putShort(at + 12, (short) (code ? 8 : 16));
            s.put(at + 14, new byte[] {(byte) (code ? 0xb : 3), 1, 0, 1, 1, 0, 1, 0, 0, 0});
        }
        s.putLong(224, s.getLong(224) | 1);
        cpu.setSpecialRegisters(s);
        ByteBuffer r = ByteBuffer.allocateDirect(KvmCpu.REGS_SIZE).order(s.order());
        cpu.setRegisters(r.putLong(128, entry).putLong(136, 2));
    }

    @Override
    public void close() {
        end.end(VmExit.Kind.KILLED, "the benchmark is over");
        vcpus.forEach(Vcpu::requestStop);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        for (Vcpu vcpu : vcpus) {
            if (!vcpu.awaitStopped(deadline)) {
                throw new IllegalStateException("vCPU " + vcpu.number() + " does not stop");
            }
        }
        owned.forEach(part -> KvmParts.close("part of the benchmark", part));
    }
}
