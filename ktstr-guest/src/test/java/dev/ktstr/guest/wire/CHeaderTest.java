package dev.ktstr.guest.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The generated C reads what Java wrote, and writes the same bytes: gcc builds a program that does both. */
class CHeaderTest {
    @TempDir
    Path dir;

    @Test
    void cReadsAndWritesWhatJavaDoes() throws Exception {
        Path program = compile();
        ByteArrayOutputStream input = new ByteArrayOutputStream();
        for (int type = 0; type < Schema.MESSAGES.size(); type++) {
            RandomRecords records = new RandomRecords(type);
            for (int i = 0; i < 50; i++) {
                byte[] bytes = Wire.encode(records.next(Schema.MESSAGES.get(type)));
                input.writeBytes(ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(type)
                        .putInt(bytes.length)
                        .array());
                input.writeBytes(bytes);
            }
        }
        Path in = Files.write(dir.resolve("in"), input.toByteArray());
        Path out = dir.resolve("out");
        run(List.of(program.toString()), in, out);
        assertThat(Files.readAllBytes(out)).isEqualTo(input.toByteArray());
    }

    private Path compile() throws Exception {
        Files.writeString(dir.resolve("ktstr_wire.h"), CHeader.text());
        StringBuilder cases = new StringBuilder();
        for (int type = 0; type < Schema.MESSAGES.size(); type++) {
            String name = CHeader.snake(Schema.MESSAGES.get(type).getSimpleName());
            cases.append("case " + type + ": { struct kt_" + name + " v; if (!kt_get_" + name
                    + "(&r, &v) || kt_left(&r)) return 4; kt_put_" + name + "(&w, &v); break; }\n");
        }
        String source = """
                #include <stdio.h>
                #include "ktstr_wire.h"
                static uint8_t data[1 << 20];
                int main(void) {
                    uint32_t head[2];
                    while (fread(head, 8, 1, stdin) == 1) {
                        if (head[1] > sizeof(data) || fread(data, 1, head[1], stdin) != head[1]) return 3;
                        struct kt_arena arena = { 0 };
                        struct kt_writer w = { 0 };
                        struct kt_reader r = { data, data + head[1], &arena };
                        switch (head[0]) {
                        CASES
                        default: return 5;
                        }
                        fwrite(head, 8, 1, stdout);
                        fwrite(w.data, 1, w.length, stdout);
                        free(w.data);
                        kt_arena_free(&arena);
                    }
                }
                """.replace("CASES", cases);
        Path file = Files.writeString(dir.resolve("roundtrip.c"), source);
        Path program = dir.resolve("roundtrip");
        run(
                List.of(
                        "gcc",
                        "-std=c11",
                        "-Wall",
                        "-Werror",
                        "-Isrc/main/c",
                        "-I" + dir,
                        "-o",
                        program.toString(),
                        file.toString()),
                Path.of("/dev/null"),
                dir.resolve("gcc.out"));
        return program;
    }

    private void run(List<String> command, Path in, Path out) throws IOException, InterruptedException {
        Path errors = dir.resolve("errors");
        Process process = new ProcessBuilder(command)
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(errors.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
    }
}
