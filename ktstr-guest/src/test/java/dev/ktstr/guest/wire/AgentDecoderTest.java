package dev.ktstr.guest.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The agent's own decoder and its checks, built with gcc's sanitizers, against hostile bytes: the corpus that libFuzzer found
 * ({@code build/fuzz-agent}), and random damage. Whatever it accepts it writes again as the same bytes.
 */
class AgentDecoderTest {
    private static final Path CORPUS = Path.of("src/test/resources/dev/ktstr/guest/agent-corpus");

    /** In the order of the cases of fuzz_decode.c. */
    private static final List<Class<? extends Record>> FROM_HOST = List.of(
            FileBegin.class,
            StartScheduler.class,
            StopScheduler.class,
            ScenarioPlan.class,
            ExecRequest.class,
            ReadFile.class,
            WriteFile.class,
            Wake.class,
            HostDone.class,
            OpPlan.class,
            LiveSpawn.class,
            LiveWorkers.class);

    @TempDir
    static Path dir;

    private static Path program;

    @BeforeAll
    static void build() throws Exception {
        Files.writeString(dir.resolve("ktstr_wire.h"), CHeader.text());
        program = dir.resolve("replay");
        run(List.of(
                "gcc",
                "-g",
                "-O1",
                "-std=c11",
                "-D_GNU_SOURCE",
                "-DREPLAY",
                "-fsanitize=address,undefined",
                "-fno-sanitize-recover=all",
                "-iquote",
                dir.toString(),
                "-iquote",
                "src/main/c",
                "-o",
                program.toString(),
                "src/test/c/fuzz_decode.c",
                "src/main/c/op_wrong.c",
                "src/main/c/cgroup_name.c"));
    }

    @Test
    void theCorpusIsReplayedWithoutAFault() throws Exception {
        try (Stream<Path> files = Files.list(CORPUS)) {
            List<Path> inputs = files.sorted().toList();
            assertThat(inputs).hasSizeGreaterThan(50);
            assertThat(replay(inputs)).isEqualTo(inputs.size());
        }
    }

    @Test
    void goodMessagesAreWrittenAgainAsTheyWereAndDamagedOnesAreRefusedOrAreAnother() throws Exception {
        List<Path> inputs = new ArrayList<>();
        for (int type = 0; type < FROM_HOST.size(); type++) {
            RandomRecords records = new RandomRecords(type);
            Random random = new Random(type);
            for (int i = 0; i < 40; i++) {
                byte[] good = Wire.encode(records.next(FROM_HOST.get(type)));
                inputs.add(write(type, i + "-good", good));
                if (good.length > 0) {
                    byte[] bad = good.clone();
                    for (int n = 1 + random.nextInt(4); n > 0; n--) {
                        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
                    }
                    inputs.add(write(type, i + "-damaged", bad));
                    inputs.add(write(type, i + "-cut", java.util.Arrays.copyOf(good, random.nextInt(good.length))));
                }
            }
        }
        assertThat(replay(inputs)).isEqualTo(inputs.size());
    }

    private static Path write(int type, String name, byte[] message) throws IOException {
        byte[] input = new byte[message.length + 1];
        input[0] = (byte) type;
        System.arraycopy(message, 0, input, 1, message.length);
        return Files.write(dir.resolve(type + "-" + name), input);
    }

    /** How many inputs the program went through. */
    private static int replay(List<Path> inputs) throws Exception {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        inputs.forEach(input -> command.add(input.toString()));
        return Integer.parseInt(run(command).strip());
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Path out = Files.createTempFile(dir, "out", "");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(out)).isZero();
        return Files.readString(out);
    }
}
