package dev.ktstr.vm.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.vm.Backend;
import dev.ktstr.vm.Backends;
import dev.ktstr.vm.MicroGuest;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VirtualMachineContract;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.VmExit;
import dev.ktstr.vm.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class QemuMachineTest extends VirtualMachineContract {
    @Override
    protected Backend backend() {
        return Backends.select("qemu");
    }

    private static ProcessHandle child() {
        List<ProcessHandle> children = ProcessHandle.current().children().toList();
        assertThat(children).hasSize(1);
        return children.get(0);
    }

    @Test
    void aQemuKilledBySomebodyElseIsABackendErrorThatNamesTheSignal() throws InterruptedException {
        VirtualMachine vm = boot("1n1l1c1t", 256);
        child().destroyForcibly();
        VmExit exit = vm.awaitExit(MicroGuest.BOUND).orElseThrow();
        assertThat(exit.kind()).isEqualTo(VmExit.Kind.BACKEND_ERROR);
        assertThat(exit.detail()).contains("killed by signal 9");
    }

    @Test
    void aQemuTerminatedBySomebodyElseIsABackendErrorThatSaysSo() throws InterruptedException {
        VirtualMachine vm = boot("1n1l1c1t", 256);
        child().destroy();
        VmExit exit = vm.awaitExit(MicroGuest.BOUND).orElseThrow();
        assertThat(exit.kind()).isEqualTo(VmExit.Kind.BACKEND_ERROR);
        assertThat(exit.detail()).contains("from outside (host-signal)");
    }

    @Test
    void theCommandLineIsWrittenToTheWorkingFolderAndNoWarningsAre() throws IOException {
        boot("2n4l1c2t", 512).close();
        assertThat(workDir.resolve(QemuBackend.DESCRIPTION))
                .content()
                .contains("-numa")
                .contains("sockets=4");
        assertThat(workDir.resolve(QemuBackend.LOG_FILE)).isEmptyFile();
    }

    @Test
    void anImageThatIsNoKernelIsRefusedBeforeQemuSeesIt() throws IOException {
        Path image = Files.write(workDir.resolve("kernel"), new byte[4096]);
        assertThatThrownBy(() -> backend().start(withKernel(image)))
                .isInstanceOf(VmException.class)
                .hasMessageContaining(image.toString())
                .hasMessageContaining("neither an ELF vmlinux nor a bzImage");
        assertThatThrownBy(() -> backend().start(withKernel(workDir.resolve("none"))))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("does not exist");
    }

    @Test
    void aCutImageFailsWithWhatQemuSaidAndLeavesNothing() throws IOException {
        byte[] whole = Files.readAllBytes(MicroGuest.image());
        Path image = Files.write(workDir.resolve("kernel"), Arrays.copyOf(whole, 0x210));
        Counts before = Counts.now();
        assertThatThrownBy(() -> backend().start(withKernel(image)))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("QEMU")
                .hasMessageContaining("exit status 1")
                .hasMessageContaining("kernel")
                .hasMessageContaining(QemuBackend.DESCRIPTION);
        assertThat(Counts.now()).isEqualTo(before);
    }

    @Test
    void aGuestLargerThanTheHostIsRefused() {
        VmSpec s = MicroGuest.spec(workDir, "1n1l1c1t", Integer.MAX_VALUE);
        assertThatThrownBy(() -> backend().start(s))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("this process may take only");
    }

    @Test
    void tenMachinesLeaveNoProcessDescriptorMappingThreadOrFile() throws InterruptedException {
        boot("1n1l1c1t", 256).close();
        Counts before = Counts.now();
        for (int i = 0; i < 10; i++) {
            try (VirtualMachine vm = backend().start(MicroGuest.spec(workDir, "2n2l1c1t", 512))) {
                MicroGuest.awaitReady(vm);
                if (i % 2 == 0) {
                    MicroGuest.send(vm, "p");
                    assertThat(vm.awaitExit(MicroGuest.BOUND)).isPresent();
                }
            }
        }
        assertThat(Counts.now()).isEqualTo(before);
    }

    private VmSpec withKernel(Path image) {
        VmSpec s = MicroGuest.spec(workDir, "1n1l1c1t", 256);
        return new VmSpec(image, s.initramfs(), s.topology(), s.memoryMb(), s.kernelArgs(), s.workDir());
    }

    /** What a machine could leave behind. */
    private record Counts(
            long children, Set<String> descriptors, long ramMappings, Set<String> threads, Set<String> files) {
        static Counts now() {
            try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"));
                    Stream<Path> temp = Files.list(Path.of(System.getProperty("java.io.tmpdir")));
                    Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
                // Threads of the JDK that reap children live on for a while by design; those of ours do not.
                return new Counts(
                        ProcessHandle.current().children().count(),
                        fds.map(Counts::target)
                                .filter(t -> t.contains("memfd:")
                                        || t.startsWith("socket")
                                        || t.contains("eventpoll")
                                        || t.contains("eventfd"))
                                .collect(Collectors.toCollection(TreeSet::new)),
                        maps.filter(line -> line.contains("memfd:ktstr")).count(),
                        Thread.getAllStackTraces().keySet().stream()
                                .map(Thread::getName)
                                .filter(name -> name.startsWith("ktstr"))
                                .collect(Collectors.toCollection(TreeSet::new)),
                        temp.map(p -> p.getFileName().toString())
                                .filter(name -> name.startsWith("ktstr"))
                                .collect(Collectors.toCollection(TreeSet::new)));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        private static String target(Path link) {
            try {
                return Files.readSymbolicLink(link).toString();
            } catch (IOException e) {
                return "gone";
            }
        }
    }
}
