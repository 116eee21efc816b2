package dev.ktstr.vm.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThreadTimesTest {
    @TempDir
    Path proc;

    @Test
    void aThreadsTimesAreReadFieldByField() throws IOException {
        Files.createDirectories(proc.resolve("41"));
        Files.writeString(proc.resolve("41/schedstat"), "1000 200 5\n");
        assertThat(ThreadTimes.of(proc, 41)).hasValue(new ThreadTimes(1000, 200, 5));
        assertThat(ThreadTimes.of(proc, 42)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1 2", "a b c", "99999999999999999999 0 0"})
    void whatIsNoSchedstatTellsNothing(String text) throws IOException {
        Files.createDirectories(proc.resolve("41"));
        Files.writeString(proc.resolve("41/schedstat"), text);
        assertThat(ThreadTimes.of(proc, 41)).isEmpty();
    }

    @Test
    void theHostsTicksAreOfAllCpusAndGuestTimeIsNotCountedTwice() throws IOException {
        Files.writeString(
                proc.resolve("stat"),
                "cpu  10 20 30 40 50 60 70 80 1000 1000\ncpu0 1 2 3\ncpu1 1 2 3\nintr 5\nctxt 7\n");
        HostTicks ticks = HostTicks.read(proc).orElseThrow();
        assertThat(ticks).isEqualTo(new HostTicks(80, 360, 2));
        assertThat(ticks.stolenNsPerCpu()).isEqualTo(400_000_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "cpu 1 2 3", "intr 5", "cpu a b c d e f g h"})
    void aHostThatDoesNotTellHasNoTicks(String text) throws IOException {
        Files.writeString(proc.resolve("stat"), text);
        assertThat(HostTicks.read(proc)).isEmpty();
    }

    @Test
    void thisThreadAndThisHostTell() {
        assertThat(HostTicks.read()).hasValueSatisfying(ticks -> {
            assertThat(ticks.all()).isPositive();
            assertThat(ticks.cpus()).isPositive();
        });
    }
}
