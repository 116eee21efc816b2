package dev.ktstr.vm.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.vm.VcpuRegisters;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RegisterTextTest {
    private static final String TWO = """

            CPU#0
            RAX=0000000000000001 RBX=ffffffff83e49088 RCX=0000000000000000 RDX=0000000000000000
            R8 =00000000000000aa R9 =0000000000000000 R10=0000000000000000 R11=0000000000000246
            RIP=ffffffff81c0b2ef RFL=00000246 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=1
            GS =0000 ffff888007a00000 ffffffff 00c00000
            CR0=80050033 CR2=00007ffd00000000 CR3=0000000003a10000 CR4=000006f0
            EFER=0000000000000d01
            XMM00=0000000000000000 0000000000000000 XMM01=0000000000000000 0000000000000000

            CPU#1
            EAX=00000002 EBX=00000000 ECX=00000000 EDX=000006d3
            EIP=00100010 EFL=00000002 [-------] CPL=0 II=0 A20=1 SMM=0 HLT=0
            """;

    @Test
    void registersOfEveryCpuAreReadInBothWidths() {
        List<VcpuRegisters> all = RegisterText.parse(TWO);
        assertThat(all).extracting(VcpuRegisters::cpu).containsExactly(0, 1);
        assertThat(all.get(0).values())
                .containsEntry("rbx", 0xffffffff83e49088L)
                .containsEntry("r8", 0xaaL)
                .containsEntry("rip", 0xffffffff81c0b2efL)
                .containsEntry("rflags", 0x246L)
                .containsEntry("gs_base", 0xffff888007a00000L)
                .containsEntry("cr3", 0x3a10000L)
                .containsEntry("efer", 0xd01L)
                .doesNotContainKeys("xmm00", "cpl");
        assertThat(all.get(1).values())
                .isEqualTo(Map.of("rax", 2L, "rbx", 0L, "rcx", 0L, "rdx", 0x6d3L, "rip", 0x100010L, "rflags", 2L));
    }

    @Test
    void whatIsNoRegisterIsNothing() {
        assertThat(RegisterText.parse("")).isEmpty();
        assertThat(RegisterText.parse("unknown command: 'info registers'")).isEmpty();
        assertThat(RegisterText.parse("CPU#99999\nRAX=12")).isEmpty();
    }
}
