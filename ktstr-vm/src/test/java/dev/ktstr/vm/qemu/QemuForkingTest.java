package dev.ktstr.vm.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ktstr.vm.Backend;
import dev.ktstr.vm.Backends;
import dev.ktstr.vm.ForkingContract;
import dev.ktstr.vm.MicroGuest;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class QemuForkingTest extends ForkingContract {
    @Override
    protected Backend backend() {
        return Backends.select("qemu");
    }

    /** QEMU, by the name of a script that says it is of another version. */
    private QemuBackend another(String name, String version) throws IOException {
        Path real = new QemuBackend().binary().path();
        Path script = Files.writeString(temp.resolve(name), """
                #!/bin/sh
                [ "$1" = --version ] && echo "QEMU emulator version %s" && exit 0
                exec %s "$@"
                """.formatted(version, real));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new QemuBackend(script.toString(), null);
    }

    private static Map<String, String> identity(QemuBackend backend, VmSpec spec) {
        return backend.forking().orElseThrow().identity(spec);
    }

    @Test
    void whatAnotherQemuSavedOrTheSameAfterAnUpgradeIsOfAnotherIdentity() throws IOException {
        VmSpec spec = spec("one", "1n1l1c1t", 256);
        Map<String, String> first = identity(another("qemu-a", "10.0.2"), spec);
        assertThat(identity(another("qemu-a", "10.1.0"), spec).get("qemu")).isNotEqualTo(first.get("qemu"));
        assertThat(identity(another("qemu-b", "10.0.2"), spec).get("qemu")).isNotEqualTo(first.get("qemu"));
        assertThat(identity(new QemuBackend(), spec)).isNotEqualTo(first);
    }

    @Test
    void aForkThatIsHandedOnHasItsFilesInTheNewFolderAndGoesOnWritingThem() throws IOException {
        VmSpec own = spec("own", "1n1l1c1t", 256);
        try (VirtualMachine fork = forkMadeAhead()) {
            assertThat(forking().handsOn()).isTrue();
            forking().hand(fork, own);
            assertThat(fork.spec()).isEqualTo(own);
            assertThat(fork.console()).isEqualTo(own.workDir().resolve("console.log"));
            fork.resume();
            MicroGuest.send(fork, "x");
            MicroGuest.until("the guest panics", () -> fork.exit().isPresent());
            assertThat(Files.readString(fork.console()))
                    .startsWith("micro-guest\n")
                    .contains("Kernel panic");
            assertThat(names(temp.resolve("ahead"))).doesNotContain("console.log", "qemu.log", "vm.txt");
            assertThat(names(own.workDir())).contains("console.log", "qemu.log", "vm.txt");
        }
    }

    @Test
    void aForkWhoseFilesCannotBeMovedIsNotHandedOn() throws IOException {
        VmSpec own = spec("own", "1n1l1c1t", 256);
        try (VirtualMachine fork = forkMadeAhead()) {
            Files.delete(fork.console());
            assertThatExceptionOfType(VmException.class)
                    .isThrownBy(() -> forking().hand(fork, own))
                    .withMessageContaining(own.workDir().toString());
        }
    }

    private VirtualMachine forkMadeAhead() throws IOException {
        Saved saved;
        try (VirtualMachine first = backend().start(spec("first", "1n1l1c1t", 256))) {
            MicroGuest.awaitReady(first);
            saved = save(first);
        }
        return forking().fork(spec("ahead", "1n1l1c1t", 256), saved);
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }
}
