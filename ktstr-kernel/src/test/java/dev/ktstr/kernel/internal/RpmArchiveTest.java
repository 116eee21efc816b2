package dev.ktstr.kernel.internal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.SampleDebs;
import dev.ktstr.kernel.SampleRpms;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Kernels out of RPM packages: those that are right, and all the ways to be wrong. */
class RpmArchiveTest {
    private static final byte[] KERNEL = "a kernel".repeat(1000).getBytes(US_ASCII);
    private static final byte[] CONFIG = "CONFIG_X=y\n".getBytes(US_ASCII);

    @TempDir
    Path dir;

    @ParameterizedTest
    @CsvSource({
        "gzip, ./lib/modules/6.14.2-300.fc42.x86_64/, 6.14.2-300.fc42.x86_64",
        "xz,   /usr/lib/modules/6.4.0-1-default/,     6.4.0-1-default",
        "zstd, ./usr/lib/modules/6.16.1-1-default/,   6.16.1-1-default",
        "none, ./lib/modules/6.14.2/,                 6.14.2"
    })
    void aKernelIsFoundWhereverADistributionPutsIt(String packing, String folder, String release) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("./boot/vmlinuz-" + release, new byte[0]); // a link, as openSUSE has it
        files.put("./lib/modules/other.ko", new byte[7]);
        files.put(folder + "config", CONFIG);
        files.put(folder + "vmlinuz", KERNEL);
        Path rpm = SampleRpms.write(dir.resolve("k.rpm"), packing, files);

        KernelPackage kernel = KernelPackage.unpack(List.of(rpm), dir);

        assertThat(kernel.release()).isEqualTo(release);
        assertThat(kernel.vmlinuz()).hasBinaryContent(KERNEL);
        assertThat(kernel.config()).hasBinaryContent(CONFIG);
    }

    @Test
    void aKernelInBootIsFoundAndTheConfigurationOfAnotherIsNotTaken() throws IOException {
        Path rpm = SampleRpms.write(
                dir.resolve("k.rpm"), "gzip", Map.of("./boot/vmlinuz-6.14.2", KERNEL, "./boot/config-6.14.3", CONFIG));

        KernelPackage kernel = KernelPackage.unpack(List.of(rpm), dir);

        assertThat(kernel.release()).isEqualTo("6.14.2");
        assertThat(kernel.config()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rpm", "deb"})
    void namesThatLeadElsewhereAndLinksAreNotTaken(String kind) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("../lib/modules/6.14.2/vmlinuz", KERNEL);
        files.put("lib/modules/../vmlinuz", KERNEL);
        files.put("boot/vmlinuz-6.14.2/../../../x", KERNEL);
        files.put("boot/vmlinuz-6.14.2", new byte[0]);
        Path file = dir.resolve("in/k." + kind);
        if (kind.equals("rpm")) {
            SampleRpms.write(file, "gzip", files);
        } else {
            SampleDebs.write(file, "data.tar.gz", files);
        }
        Path into = Files.createDirectories(dir.resolve("deep/into"));

        assertThatThrownBy(() -> KernelPackage.unpack(List.of(file), into))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("no kernel in")
                .hasMessageContaining("kernel-core");
        assertThat(dir.resolve("deep/into")).isEmptyDirectory();
        assertThat(dir.resolve("deep")).isDirectoryContaining("glob:**/into");
    }

    @Test
    void aDamagedByteAnywhereIsFoundByTheDigests() throws IOException {
        byte[] good = SampleRpms.bytes("gzip", "x86_64", Map.of("boot/vmlinuz-6.14.2", KERNEL));
        int payload = good.length - 40;
        byte[] bad = good.clone();
        bad[payload] ^= 1;
        assertThat(refusal(bad)).contains("the SHA-256 of its payload is").contains("get it again");

        int architecture = new String(good, StandardCharsets.ISO_8859_1).indexOf("x86_64");
        bad = good.clone();
        bad[architecture] ^= 1;
        assertThat(refusal(bad)).contains("the SHA-256 of its header is");
    }

    @Test
    void aPackageThatWasCutShortIsRefusedWhereverItWasCut() throws IOException {
        byte[] good = SampleRpms.bytes("zstd", "x86_64", Map.of("boot/vmlinuz-6.14.2", KERNEL));
        for (int length = 0; length < good.length; length += 1 + length / 40) {
            assertThat(refusal(Arrays.copyOf(good, length)))
                    .as("%d bytes", length)
                    .contains("k.rpm");
        }
    }

    @Test
    void aPackageForAnotherMachineOrOfAnotherKindIsNamed() throws IOException {
        assertThat(refusal(SampleRpms.bytes("gzip", "aarch64", Map.of()))).contains("is a package for aarch64");
        assertThat(refusal(new byte[200])).contains("is no RPM package");
    }

    @Test
    void anyChangedByteIsTakenOrRefusedWithAMessage() throws IOException {
        byte[] good = SampleRpms.bytes("xz", "x86_64", Map.of("boot/vmlinuz-6.14.2", KERNEL));
        Random random = new Random(1);
        for (int i = 0; i < 300; i++) {
            byte[] bad = good.clone();
            bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            refusal(bad);
        }
    }

    /** Whatever the bytes, the reader gives an answer or an {@link IOException}. */
    @FuzzTest(maxDuration = "30s")
    void cpioIsReadOrRefused(byte[] data) {
        try {
            CpioReader cpio = new CpioReader(new ByteArrayInputStream(data));
            for (CpioReader.Member m = cpio.next(); m != null; m = cpio.next()) {
                cpio.content(OutputStream.nullOutputStream());
            }
        } catch (IOException refused) {
            if (refused.getMessage() == null && !(refused instanceof EOFException)) {
                throw new AssertionError("an exception without a message", refused);
            }
        }
    }

    /** Whatever the bytes, the reader gives an answer or a {@link KernelException}. */
    @FuzzTest(maxDuration = "30s")
    void packagesAreReadOrRefused(byte[] data) throws IOException {
        Path folder = Files.createTempDirectory("ktstr-rpm");
        try {
            Path rpm = Files.write(folder.resolve("f.rpm"), data);
            KernelPackage.unpack(List.of(rpm), folder);
        } catch (KernelException refused) {
            if (refused.getMessage() == null) {
                throw new AssertionError("an exception without a message", refused);
            }
        } finally {
            Folders.remove(folder);
        }
    }

    /** What is said of a package; empty when it is taken. */
    private String refusal(byte[] bytes) throws IOException {
        Path rpm = Files.write(dir.resolve("k.rpm"), bytes);
        try {
            KernelPackage.unpack(List.of(rpm), dir);
            return "";
        } catch (KernelException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
