package dev.ktstr.vm.kvm.boot;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.ktstr.spec.CpuTopology;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.kvm.machine.Presets;
import java.io.IOException;

/** Whatever the bytes, the loader puts a kernel inside the guest's memory, or says why not. */
class KernelFuzzTest {
    private static final int MEMORY_MB = 256;

    @FuzzTest(maxDuration = "30s")
    void loads(byte[] data) throws IOException {
        ArrayMemory memory = new ArrayMemory((long) MEMORY_MB << 20);
        BootLoader loader = new BootLoader(memory, Presets.machine(CpuTopology.parse("1n1l1c1t"), MEMORY_MB));
        try {
            InitialRegisters r = loader.load(KernelBytes.of(data), KernelBytes.of(new byte[100]), "quiet");
            if (!memory.contains(r.rip(), 1)) {
                throw new AssertionError("it would start at 0x" + Long.toHexString(r.rip()));
            }
        } catch (KernelFormatException | VmException refused) {
            if (refused.getMessage() == null || refused.getMessage().isBlank()) {
                throw new AssertionError("an exception without a message", refused);
            }
        }
    }
}
