package dev.ktstr.vm.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.ktstr.vm.VmExit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Guests that write and read garbage at every port and address, on this host's KVM: each ends in bounded time, by its own
 * word, by a fault of its own, or by an exit that KVM itself calls impossible; never by an exception of ours.
 */
class GuestFuzzTest {
    /** Garbage at the APICs may put the CPU to sleep for good. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @FuzzTest(maxDuration = "60s")
    void endsInBoundedTime(byte[] data) throws IOException, InterruptedException {
        assumeTrue(Files.isWritable(Path.of("/dev/kvm")), "SKIPPED: this host has no /dev/kvm that opens");
        Path folder = Files.createTempDirectory("ktstr-garbage");
        try {
            run(folder, GarbageProgram.of(data));
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void run(Path folder, String code) throws InterruptedException {
        try (KvmMachine vm = (KvmMachine) new KvmBackend().start(TinyGuest.spec(folder, "1n1l1c1t", code))) {
            if (vm.awaitExit(PATIENCE).isEmpty()) {
                vm.kill();
            }
            VmExit exit = vm.exit().orElseThrow();
            if (exit.kind() == VmExit.Kind.BACKEND_ERROR) {
                assertThat(exit.detail()).startsWith("vCPU 0 stopped with ").contains("; code: ", "rip=");
            } else {
                assertThat(exit.kind()).isIn(List.of(VmExit.Kind.CLEAN, VmExit.Kind.RESET, VmExit.Kind.KILLED));
            }
        }
    }
}
