package dev.ktstr.vm.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ktstr.vm.Backend.Availability;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class KvmProbeTest {
    private static final Duration LIMIT = Duration.ofSeconds(3);

    private static void assumeDevice() {
        assumeTrue(Files.isWritable(Path.of("/dev/kvm")), "this host has a /dev/kvm that opens");
    }

    /** A KVM that emulates has no interrupts in long mode, which is one reason why it is not usable. */
    private static void assumeUsable() {
        assumeTrue(KvmProbe.probe().usable(), "this host's KVM runs guests");
    }

    @Test
    void theAnswerIsOneLineAndTheSameEveryTime() {
        Availability answer = KvmProbe.probe();
        assertThat(answer.detail()).isNotBlank().doesNotContain("\n");
        assertThat(KvmProbe.probe()).isSameAs(answer);
    }

    @Test
    void aGuestThatEveryKvmRunsPasses() {
        assumeDevice();
        // mov $81,%al; out %al,$0xe9; hlt
        assertThat(KvmProbe.run(LIMIT, new ProbeGuest("plain", "b051e6e9f4ebfd", true, 81)))
                .isEqualTo(new Availability(true, "KVM runs guests"));
    }

    @Test
    void theInterruptPathOfTheProbeIsSetUpRight() {
        assumeUsable();
        // xor %ebx,%ebx; int3; lea 80(%rbx),%eax; out %al,$0xe9; hlt: 81 only when the handler ran and returned
        assertThat(KvmProbe.run(LIMIT, new ProbeGuest("int3", "31dbcc8d4350e6e9f4ebfd", true, 81)))
                .isEqualTo(new Availability(true, "KVM runs guests"));
    }

    @Test
    void aGuestThatNeverExitsIsStopped() {
        assumeDevice();
        Availability answer = KvmProbe.run(Duration.ofMillis(100), new ProbeGuest("endless", "ebfe", true, 0));
        assertThat(answer.usable()).isFalse();
        assertThat(answer.detail()).contains("endless").contains("it hung");
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(t -> t.getName().equals("ktstr-kvm-probe"));
    }

    @Test
    void aWrongResultIsNamed() {
        assumeDevice();
        assertThat(KvmProbe.run(LIMIT, new ProbeGuest("wrong", "b052e6e9f4ebfd", true, 81))
                        .detail())
                .contains("it computed 82 instead of 81");
    }

    @Test
    void aTripleFaultIsNamed() {
        assumeUsable();
        // int $4 has no gate, nor has the fault that follows
        assertThat(KvmProbe.run(LIMIT, new ProbeGuest("faulting", "cd04", true, 0))
                        .detail())
                .contains("triple fault");
    }

    @Test
    void theRealModeGuestEndsInAnAnswer() {
        assumeDevice();
        assertThat(KvmProbe.run(LIMIT, ProbeGuest.REAL_MODE).detail()).isNotBlank();
    }
}
