package dev.ktstr.vm.kvm;

import dev.ktstr.vm.GuestMemory;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.internal.linux.KvmCpu;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Says in full what made a vCPU stop for good: KVM's own data, registers, and the bytes at the instruction pointer. */
final class ExitReport {
    private static final int EXIT_REASON = 8;
    private static final int PAYLOAD = 32;
    private static final int CODE_BYTES = 16;
    private static final int EXIT_FAIL_ENTRY = 9;
    private static final int EXIT_INTERNAL_ERROR = 17;
    private static final int INTERNAL_ERROR_EMULATION = 1;
    private static final int MOST_DATA = 16;
    /** Where a CPU begins after a reset (Intel SDM volume 3, 11.1.4; AMD APM volume 2, 14.1.3). */
    private static final int RESET_VECTOR = 0xfff0;

    private final GuestMemory memory;

    ExitReport(GuestMemory memory) {
        this.memory = memory;
    }

    /** One line about the exit in the vCPU's {@code kvm_run}, on the vCPU's thread. */
    String of(int number, KvmCpu cpu, String hint) {
        StringBuilder text = new StringBuilder("vCPU ")
                .append(number)
                .append(" stopped with ")
                .append(exit(cpu.run()));
        if (!hint.isEmpty()) {
            text.append(", ").append(hint);
        }
        return text.append(state(cpu)).toString();
    }

    /** One line about a fault while a double fault was delivered. */
    String ofTripleFault(int number, KvmCpu cpu) {
        return "triple fault of vCPU " + number + state(cpu);
    }

    private String state(KvmCpu cpu) {
        try {
            Registers registers = Registers.of(cpu.registers(), cpu.specialRegisters(), cpu.debugRegisters());
            // On AMD the state is undefined after a shutdown, and KVM resets the vCPU (svm.c, shutdown_interception).
            return registers.rip() == RESET_VECTOR && !registers.longMode()
                    ? "; KVM has reset its registers"
                    : "; code: " + code(cpu, registers) + "; " + registers;
        } catch (VmException e) {
            return "; its registers could not be read: " + e.getMessage();
        }
    }

    private static String exit(ByteBuffer run) {
        int reason = run.getInt(EXIT_REASON);
        return switch (reason) {
            case 0 -> "KVM_EXIT_UNKNOWN (hardware reason 0x" + Long.toHexString(run.getLong(PAYLOAD)) + ")";
            case EXIT_FAIL_ENTRY ->
                "KVM_EXIT_FAIL_ENTRY (the CPU refused the guest's state, hardware reason 0x"
                        + Long.toHexString(run.getLong(PAYLOAD)) + ")";
            case EXIT_INTERNAL_ERROR -> internalError(run);
            default -> "exit reason " + reason + " (KVM_EXIT_* of linux/kvm.h)";
        };
    }

    private static String internalError(ByteBuffer run) {
        int suberror = run.getInt(PAYLOAD);
        int words = Math.max(0, Math.min(run.getInt(PAYLOAD + 4), MOST_DATA));
        StringBuilder text = new StringBuilder("KVM_EXIT_INTERNAL_ERROR (");
        text.append(
                suberror == INTERNAL_ERROR_EMULATION
                        ? "emulation failure: KVM would have to emulate an instruction that it does not know"
                        : "suberror " + suberror);
        for (int i = 0; i < words; i++) {
            text.append(i == 0 ? "; data " : " ").append(Long.toHexString(run.getLong(PAYLOAD + 8 + 8 * i)));
        }
        return text.append(')').toString();
    }

    private String code(KvmCpu cpu, Registers registers) {
        long linear = registers.longMode() ? registers.rip() : registers.rip() + codeBase(cpu);
        long at = cpu.translate(linear);
        if (at < 0 || !memory.contains(at, 1)) {
            return "none mapped at 0x" + Long.toHexString(linear);
        }
        // Only up to the page's end: the next page may be elsewhere.
        int length = (int) Math.min(CODE_BYTES, 4096 - (at & 4095));
        byte[] bytes = new byte[memory.contains(at, length) ? length : 1];
        memory.read(at, bytes, 0, bytes.length);
        return HexFormat.ofDelimiter(" ").formatHex(bytes);
    }

    private static long codeBase(KvmCpu cpu) {
        return cpu.specialRegisters().getLong(0);
    }
}
