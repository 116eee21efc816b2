package dev.ktstr.vm.internal.linux;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.vm.VmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KvmTest {
    @TempDir
    Path folder;

    @Test
    void aDeviceThatIsNotThereIsNamedWithTheCure() {
        Path device = folder.resolve("kvm");
        assertThatThrownBy(() -> Kvm.open(device.toString()))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("opening " + device + " failed: errno 2")
                .hasMessageContaining("load kvm-intel or kvm-amd")
                .hasMessageEndingWith("-Dktstr.backend=qemu does without");
    }

    @Test
    void whatIsNoKvmIsRefusedByItsFirstAnswer() throws IOException {
        Path device = Files.createFile(folder.resolve("kvm"));
        assertThatThrownBy(() -> Kvm.open(device.toString()))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("KVM_GET_API_VERSION failed: errno 25");
    }
}
