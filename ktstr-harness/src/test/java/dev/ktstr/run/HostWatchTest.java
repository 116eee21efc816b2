package dev.ktstr.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.checks.HostLoss;
import dev.ktstr.run.HostTimeline.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostWatchTest {
    private static final long MS = 1_000_000;

    private static Sample sample(long atMs, long stolenMs, long... waitedMs) {
        long[] waited = new long[waitedMs.length];
        long[] waits = new long[waitedMs.length];
        for (int i = 0; i < waited.length; i++) {
            waited[i] = waitedMs[i] * MS;
            waits[i] = waitedMs[i] / 10;
        }
        return new Sample(atMs * MS, waited, waits, stolenMs * MS);
    }

    @Test
    void theLossOfAWindowIsThatOfTheVcpuThatWaitedLongest() {
        HostTimeline timeline = new HostTimeline();
        timeline.add(sample(0, 7, 500, 0));
        timeline.add(sample(1000, 7, 500, 100));
        timeline.add(sample(2000, 107, 600, 900));
        assertThat(timeline.between(0, 1000 * MS)).isEqualTo(new HostLoss(1000 * MS, 100 * MS, 10, 0));
        assertThat(timeline.between(1000 * MS, 2000 * MS)).isEqualTo(new HostLoss(1000 * MS, 800 * MS, 80, 100 * MS));
        assertThat(timeline.between(1500 * MS, 2000 * MS)).isEqualTo(new HostLoss(500 * MS, 400 * MS, 40, 50 * MS));
    }

    @Test
    void outsideOfTheSamplesNothingIsKnownToBeLost() {
        HostTimeline timeline = new HostTimeline();
        assertThat(timeline.between(0, 5)).isEqualTo(HostLoss.NONE);
        timeline.add(sample(1000, 0, 0));
        timeline.add(sample(2000, 0, 600));
        assertThat(timeline.between(0, 1000 * MS).lostNs()).isZero();
        assertThat(timeline.between(2000 * MS, 9000 * MS).lostNs()).isZero();
        assertThat(timeline.between(0, 9000 * MS).waitedNs()).isEqualTo(600 * MS);
        assertThat(timeline.between(5, 5)).isEqualTo(HostLoss.NONE);
    }

    @Test
    void aLongScenarioKeepsItsBeginAndEnd() {
        HostTimeline timeline = new HostTimeline();
        long last = 20_000;
        for (long i = 0; i <= last; i++) {
            timeline.add(sample(i * 100, 0, i * 10));
        }
        assertThat(timeline.between(0, last * 100 * MS).waitedNs()).isEqualTo(last * 10 * MS);
        assertThat(timeline.between(5_000 * MS, 6_000 * MS).waitedNs()).isEqualTo(100 * MS);
    }

    @Test
    void waitAndStealAreReadFromTheHostsFiles(@TempDir Path proc) throws IOException {
        write(proc, 41, 1_000 * MS, 100 * MS, 5);
        Files.writeString(proc.resolve("stat"), stat(10));
        long before = System.nanoTime();
        HostWatch watch = new HostWatch(proc, List.of(41L, 41L, 99L));
        write(proc, 41, 1_000 * MS, 2_100 * MS, 25);
        Files.writeString(proc.resolve("stat"), stat(30));
        watch.close();
        watch.close();
        long after = System.nanoTime();
        HostLoss loss = watch.evidence(0, before).between(0, after - before);
        assertThat(loss.waitedNs()).isEqualTo(2_000 * MS);
        assertThat(loss.waits()).isEqualTo(20);
        assertThat(loss.stolenNs()).as("20 ticks of 10 ms over two CPUs").isEqualTo(100 * MS);
    }

    @Test
    void aHostThatTellsNothingExplainsNothing(@TempDir Path proc) {
        HostWatch watch = new HostWatch(proc, List.of(41L));
        watch.close();
        assertThat(watch.evidence(0, 0).between(0, Long.MAX_VALUE / 2).lostNs()).isZero();
    }

    @Test
    void theWatchEndsWithItsThread(@TempDir Path proc) {
        HostWatch watch = new HostWatch(proc, List.of());
        watch.close();
        assertThat(Thread.getAllStackTraces().keySet().stream().map(Thread::getName))
                .doesNotContain("ktstr-host-watch");
    }

    private static void write(Path proc, int tid, long ran, long waited, int waits) throws IOException {
        Path folder = Files.createDirectories(proc.resolve(Integer.toString(tid)));
        Files.writeString(folder.resolve("schedstat"), ran + " " + waited + " " + waits + "\n");
    }

    private static String stat(int steal) {
        return "cpu  1 2 3 4 5 6 7 " + steal + " 9 10\ncpu0 1 2 3 4 5 6 7 0 9 10\ncpu1 1 2 3 4 5 6 7 0 9 10\nintr 5\n";
    }
}
