package dev.ktstr.kernel.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.SampleKernels;
import dev.ktstr.kernel.SampleKernels.Packing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ImageReadersTest {
    private static final int ROUNDS = 50;

    @TempDir
    Path dir;

    @Test
    void theHeaderOfABzImageNamesItsRelease() throws IOException {
        Path image = file(SampleKernels.bzImage(Packing.GZIP, SampleKernels.vmlinux()));

        try (ImageFile file = ImageFile.open(image)) {
            assertThat(BzImage.read(file).release()).isEqualTo(SampleKernels.RELEASE);
        }
    }

    @ParameterizedTest
    @EnumSource(Packing.class)
    void aPayloadThatTheHeaderDoesNotNameIsFoundByItsMagic(Packing packing) throws IOException {
        byte[] bytes = SampleKernels.bzImage(packing, SampleKernels.vmlinux());
        bytes[0x206] = 7; // boot protocol 2.07 has no payload fields
        byte[] cut = Arrays.copyOf(bytes, bytes.length - 64); // the payload is the end of the file then

        assertThat(outcome(cut)).isNull();
        assertThat(dir.resolve("out/vmlinux")).hasBinaryContent(SampleKernels.vmlinux());
    }

    @ParameterizedTest
    @EnumSource(Packing.class)
    void aTruncatedImageIsSaidToBeTruncated(Packing packing) throws IOException {
        byte[] bytes = SampleKernels.bzImage(packing, SampleKernels.vmlinux());

        assertThat(outcome(Arrays.copyOf(bytes, bytes.length - 500))).contains("is truncated or corrupt");
    }

    @ParameterizedTest
    @EnumSource(Packing.class)
    void aPayloadThatHoldsMoreOrLessThanItClaimsIsCorrupt(Packing packing) throws IOException {
        for (int change : new int[] {-1, 1}) {
            byte[] bytes = SampleKernels.bzImage(packing, SampleKernels.vmlinux());
            bytes[bytes.length - 64 - 4] += (byte) change;

            assertThat(outcome(bytes))
                    .contains("is corrupt: its " + packing.name().toLowerCase(Locale.ROOT));
        }
    }

    @Test
    void anUnknownCompressionIsNamedByItsMagic() throws IOException {
        byte[] bytes = SampleKernels.bzImage(Packing.GZIP, SampleKernels.vmlinux());
        bytes[5 * 512 + 0x100] = 0x55;

        assertThat(outcome(bytes)).contains("of an unknown compression").contains("starts with 558b");
    }

    @Test
    void anImageThatClaimsToUnpackToGigabytesIsRefusedBeforeItIsTried() throws IOException {
        byte[] bytes = SampleKernels.bzImage(Packing.GZIP, SampleKernels.vmlinux());
        Arrays.fill(bytes, bytes.length - 64 - 4, bytes.length - 64, (byte) 0xff);

        assertThat(outcome(bytes)).contains("claims to unpack to 4294967295 bytes");
    }

    @Test
    void kernelsOfOtherArchitecturesAreNamed() throws IOException {
        byte[] elf = SampleKernels.vmlinux();
        elf[SampleKernels.MACHINE_OFFSET] = (byte) 183;
        assertThat(outcome(elf)).contains("another architecture (aarch64)");

        byte[] bzImage = SampleKernels.bzImage(Packing.GZIP, SampleKernels.vmlinux());
        bzImage[0x236] = 0;
        assertThat(outcome(bzImage)).contains("32-bit x86 kernel");

        byte[] arm = new byte[4096];
        System.arraycopy("ARMd".getBytes(StandardCharsets.US_ASCII), 0, arm, 56, 4);
        assertThat(outcome(arm)).contains("it is an aarch64 Image");
    }

    @Test
    void whatIsNoKernelIsSaidToBeNone() throws IOException {
        assertThat(outcome(new byte[0])).contains("it is empty");
        assertThat(outcome(new byte[] {1, 2, 3})).contains("neither the magic of a bzImage");
        assertThat(outcome(SampleKernels.vmlinux(null, null, false))).contains("no 'Linux version' text");
        assertThatThrownBy(() -> ImageFile.open(dir)).hasMessageContaining("is not a file");
        assertThatThrownBy(() -> ImageFile.open(dir.resolve("none"))).hasMessageContaining("does not exist");
    }

    @Test
    void aReadOutsideTheFileNamesWhatWasToBeRead() throws IOException {
        try (ImageFile file = ImageFile.open(file(new byte[10]))) {
            assertThatThrownBy(() -> file.read(5, 6, "thing"))
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("thing (6 bytes at offset 5)");
            assertThatThrownBy(() -> file.read(Long.MAX_VALUE, 1, "thing")).isInstanceOf(KernelException.class);
            assertThatThrownBy(() -> file.read(-1, 1, "thing")).isInstanceOf(KernelException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(Packing.class)
    void noCorruptionOfABzImageGetsPastTheReaders(Packing packing) throws IOException {
        byte[] good = SampleKernels.bzImage(packing, SampleKernels.vmlinux());
        Random random = new Random(packing.name().hashCode());
        for (int round = 0; round < ROUNDS; round++) {
            corrupt(good.clone(), random, random.nextBoolean() ? 0x268 : good.length, round);
        }
    }

    @Test
    void noCorruptionOfAnElfGetsPastTheReaders() throws IOException {
        byte[] good = SampleKernels.vmlinux();
        Random random = new Random(42);
        for (int round = 0; round < 4 * ROUNDS; round++) {
            // Headers and note at the start, section table, names and BTF at the end: the filler between matters less.
            boolean atStart = random.nextBoolean();
            byte[] bytes = good.clone();
            int from = atStart ? 0 : good.length - 500;
            bytes[from + random.nextInt(atStart ? 140 : 500)] = (byte) random.nextInt();
            corrupt(bytes, random, bytes.length, round);
        }
    }

    /** Flips a few bytes, sometimes cuts; a reader may take the image or refuse it, and do nothing else. */
    private void corrupt(byte[] bytes, Random random, int within, int round) throws IOException {
        for (int i = random.nextInt(4); i >= 0; i--) {
            bytes[random.nextInt(within)] = (byte) random.nextInt();
        }
        byte[] cut = random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
        try {
            outcome(cut);
        } catch (RuntimeException e) {
            fail("round " + round + ": only KernelException may come out", e);
        }
    }

    /** What {@link ImageFolder} says of an image: the message of its refusal, or null when it takes it. */
    private @Nullable String outcome(byte[] image) throws IOException {
        Path out = dir.resolve("out");
        Folders.remove(out);
        Files.createDirectories(out);
        try {
            ImageFolder.write(out, new ImageFolder.Material(file(image), null, null, false, "a test", null, null));
            try (ImageFile file = ImageFile.open(
                    ImageFolder.read(out, null, null, Stamp.Check.USE).image().vmlinux())) {
                ElfImage.read(file).hasPvhEntry();
            }
            return null;
        } catch (KernelException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private Path file(byte[] bytes) throws IOException {
        return Files.write(dir.resolve("image"), bytes);
    }
}
