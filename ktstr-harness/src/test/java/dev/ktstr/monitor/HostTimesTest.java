package dev.ktstr.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostTimesTest {
    @TempDir
    Path proc;

    private void thread(long tid, String schedstat) throws IOException {
        Files.createDirectories(proc.resolve(String.valueOf(tid)));
        Files.writeString(proc.resolve(tid + "/schedstat"), schedstat);
    }

    private void steal(long ticks) throws IOException {
        Files.writeString(
                proc.resolve("stat"), "cpu  100 0 100 " + (800 - ticks) + " 0 0 0 " + ticks + " 0 0\ncpu0 1 2\n");
    }

    @Test
    void waitingIsPerVcpuAndShareIsOfAll() throws IOException {
        thread(7, "1000 0 1");
        thread(8, "1000 500 1");
        steal(0);
        HostTimes.Reader reader = new HostTimes.Reader(proc, List.of(7L, 8L));
        HostTimes before = reader.read();
        thread(7, "1300 0 2");
        thread(8, "1000 600 2");
        HostTimes after = reader.read();
        assertThat(reader.turns()).isEqualTo(1);
        assertThat(after.waitedSince(before, 0)).isZero();
        assertThat(after.waitedSince(before, 1)).isEqualTo(100);
        assertThat(after.waitingShareSince(before)).isEqualTo(0.25);
    }

    @Test
    void vcpusOfOneThreadWaitTogetherAndCountOnce() throws IOException {
        thread(7, "0 0 1");
        HostTimes.Reader reader = new HostTimes.Reader(proc, List.of(7L, 7L, 7L));
        HostTimes before = reader.read();
        thread(7, "100 100 1");
        HostTimes after = reader.read();
        assertThat(reader.turns()).isEqualTo(3);
        assertThat(after.waitedSince(before, 2)).isEqualTo(100);
        assertThat(after.waitingShareSince(before)).isEqualTo(0.5);
    }

    @Test
    void aThreadThatIsGoneAndAHostThatSaysNothingAreUnknownNotZero() throws IOException {
        thread(7, "5 5 1");
        HostTimes.Reader reader = new HostTimes.Reader(proc, List.of(7L));
        HostTimes before = reader.read();
        Files.delete(proc.resolve("7/schedstat"));
        HostTimes after = reader.read();
        assertThat(after.waitedSince(before, 0)).isZero();
        assertThat(after.waitedSince(before, 5)).isZero();
        assertThat(after.stealShareSince(before)).isEmpty();
        assertThat(new HostTimes.Reader(proc, List.of()).turns()).isEqualTo(1);
    }

    @Test
    void whatWasStolenFromTheHostItselfIsAShareOfItsTime() throws IOException {
        steal(0);
        HostTimes.Reader reader = new HostTimes.Reader(proc, List.of());
        HostTimes before = reader.read();
        Files.writeString(proc.resolve("stat"), "cpu  100 0 100 860 0 0 0 40 0 0\n");
        assertThat(reader.read().stealShareSince(before)).contains(0.4);
    }
}
