package dev.ktstr.kernel.internal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.SampleKernels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlimVmlinuxTest {
    private static final String SOURCE = """
            static int filler[1 << 16] = {1};
            int deep(int x) {
                return x * filler[x & 7];
            }
            int main(void) { return deep(3); }
            """;

    @TempDir
    Path dir;

    @Test
    void aProgramWithDebugInformationKeepsCodeSymbolsAndLinesAndLosesTheRest() throws IOException {
        Path program = compile();
        Path slim = dir.resolve("slim");

        SlimVmlinux.copy(program, slim);

        assertThat(Files.size(slim)).isLessThan(Files.size(program) - 4096);
        assertThat(tool("readelf", "-SW", slim.toString()))
                .contains(".debug_line", ".symtab", ".strtab", ".text")
                .doesNotContain(".debug_str ", ".debug_aranges", ".debug_rnglists");
        assertThat(tool("nm", slim.toString())).isEqualTo(tool("nm", program.toString()));
        assertThat(slim.toFile().setExecutable(true)).isTrue();
        assertThat(run(List.of(slim.toString())).exit())
                .isEqualTo(run(List.of(program.toString())).exit());
        String address = tool("nm", slim.toString())
                .lines()
                .filter(l -> l.endsWith(" T deep"))
                .findFirst()
                .orElseThrow()
                .substring(0, 16);
        assertThat(tool("addr2line", "-e", slim.toString(), address)).endsWith("sample.c:2\n");
    }

    @Test
    void aFileWithLittleToLoseIsCopiedAsItIs() throws IOException {
        byte[] bytes = SampleKernels.vmlinux();
        Path from = SampleKernels.write(dir.resolve("v"), bytes);
        Path to = dir.resolve("copy");

        SlimVmlinux.copy(from, to);

        assertThat(to).hasBinaryContent(bytes);
    }

    @Test
    void sectionsOutsideTheFileAreRefused() throws IOException {
        byte[] bytes = SampleKernels.withDebug(1 << 20);
        int table = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(40);
        for (long offset : new long[] {-1, Long.MAX_VALUE, bytes.length}) {
            byte[] bad = bytes.clone();
            ByteBuffer.wrap(bad).order(ByteOrder.LITTLE_ENDIAN).putLong(table + 64 * 2 + 24, offset);
            Path file = SampleKernels.write(dir.resolve("bad"), bad);

            assertThatThrownBy(() -> SlimVmlinux.copy(file, dir.resolve("out")))
                    .as("offset %d", offset)
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("is not inside the file");
        }
    }

    @Test
    void aKernelThatWasSlimmedIsStillReadWhole() throws IOException {
        Path from = SampleKernels.write(dir.resolve("v"), SampleKernels.withDebug(1 << 20));
        Path to = dir.resolve("slim");

        SlimVmlinux.copy(from, to);

        assertThat(Files.size(to)).isLessThan(64 << 10);
        try (ImageFile file = ImageFile.open(to)) {
            ElfImage elf = ElfImage.read(file);
            assertThat(elf.release()).isEqualTo(SampleKernels.RELEASE);
            assertThat(elf.btf()).isEqualTo(SampleKernels.btf("task_struct", "sched_ext_ops"));
            assertThat(elf.hasPvhEntry()).isTrue();
        }
    }

    @Test
    void sectionsThatOverlapDoNotFillTheDisk() throws IOException {
        byte[] bytes = SampleKernels.withDebug(2 << 20);
        ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int table = (int) b.getLong(40);
        for (int section = 1; section <= 2; section++) {
            b.putLong(table + 64 * section + 24, 0).putLong(table + 64 * section + 32, bytes.length);
        }
        Path file = SampleKernels.write(dir.resolve("bad"), bytes);

        assertThatThrownBy(() -> SlimVmlinux.copy(file, dir.resolve("out")))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("its sections overlap");
    }

    /** Whatever the bytes, they are copied or refused with a message, and the copy is no larger than the file. */
    @FuzzTest(maxDuration = "30s")
    void elfFilesAreCopiedOrRefused(byte[] data) throws IOException {
        Path folder = Files.createTempDirectory("ktstr-elf");
        try {
            Path out = folder.resolve("out");
            SlimVmlinux.copy(Files.write(folder.resolve("in"), data), out);
            if (Files.size(out) > data.length + (2L << 20)) {
                throw new AssertionError(data.length + " bytes became " + Files.size(out));
            }
        } catch (KernelException refused) {
            if (refused.getMessage() == null) {
                throw new AssertionError("an exception without a message", refused);
            }
        } finally {
            Folders.remove(folder);
        }
    }

    @Test
    void anyChangedByteOfTheHeadersIsCopiedOrRefused() throws IOException {
        byte[] good = SampleKernels.withDebug(8 << 10);
        int table = (int) ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getLong(40);
        Random random = new Random(1);
        for (int i = 0; i < 500; i++) {
            byte[] bad = good.clone();
            int at = random.nextBoolean() ? random.nextInt(120) : table + random.nextInt(bad.length - table);
            bad[at] = (byte) random.nextInt(256);
            elfFilesAreCopiedOrRefused(bad);
        }
    }

    private Path compile() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/gcc")), "needs gcc to make a program with debug information");
        SampleKernels.write(dir.resolve("sample.c"), SOURCE.getBytes(US_ASCII));
        Path program = dir.resolve("program");
        // -g3 puts every macro of the headers into .debug_macro, so there is something to lose.
        tool("gcc", "-g3", "-O1", "-include", "stdio.h", "-include", "signal.h", "-o", program.toString(), "sample.c");
        return program;
    }

    private String tool(String... argv) {
        Children.Result r = run(List.of(argv));
        assertThat(r.exit()).as("%s: %s", List.of(argv), r.err()).isZero();
        return r.out();
    }

    private Children.Result run(List<String> argv) {
        return Children.attempt("run " + argv.get(0), argv, dir, Duration.ofSeconds(30));
    }
}
