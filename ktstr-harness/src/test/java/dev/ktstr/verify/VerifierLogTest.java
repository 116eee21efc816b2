package dev.ktstr.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerifierLogTest {
    @Test
    void aRefusalNamesItsProgramItsReasonAndItsCounts() throws IOException {
        List<VerifierLog> logs = VerifierLog.in(CycleCollapseTest.printed("7.2"));
        assertThat(logs).singleElement().satisfies(log -> {
            assertThat(log.program()).isEqualTo("ktstr_dispatch");
            assertThat(log.refused()).isTrue();
            assertThat(log.reason()).contains("value -2147483648 makes map_value pointer be out of bounds");
            assertThat(log.stats()).contains(new VerifierStats(477, 1_000_000, 14, 14));
            assertThat(log.lines().get(0)).isEqualTo("0: R1=ctx() R10=fp0");
        });
    }

    @Test
    void aLogThatASchedulerPrintedItselfIsNoRefusal() {
        List<VerifierLog> logs = VerifierLog.in("""
                loading
                func#0 @0
                0: R1=ctx() R10=fp0
                0: (95) exit
                processed 42 insns (limit 1000000) max_states_per_insn 1 total_states 10 peak_states 8 mark_read 5
                attached
                """);
        assertThat(logs).singleElement().satisfies(log -> {
            assertThat(log.refused()).isFalse();
            assertThat(log.reason()).isEmpty();
            assertThat(log.lines()).hasSize(4);
            assertThat(log.stats()).contains(new VerifierStats(42, 1_000_000, 10, 8));
        });
    }

    @Test
    void aLogInLibbpfsFrameIsARefusalOnlyWhereLibbpfSaysSo() {
        List<VerifierLog> logs = VerifierLog.in("""
                libbpf: prog 'good': -- BEGIN PROG LOAD LOG --
                verification time 7 usec
                stack depth 8
                processed 42 insns (limit 1000000) max_states_per_insn 1 total_states 10 peak_states 8 mark_read 5
                -- END PROG LOAD LOG --
                libbpf: prog 'bad': BPF program load failed: Permission denied
                libbpf: prog 'bad': -- BEGIN PROG LOAD LOG --
                0: R1=ctx() R10=fp0
                R0 !read_ok
                processed 1 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
                -- END PROG LOAD LOG --
                """);
        assertThat(logs).extracting(VerifierLog::program).containsExactly("good", "bad");
        assertThat(logs).extracting(VerifierLog::refused).containsExactly(false, true);
        assertThat(logs).extracting(VerifierLog::countsOnly).containsExactly(true, false);
        assertThat(logs.get(0).stats()).contains(new VerifierStats(42, 1_000_000, 10, 8));
        assertThat(logs.get(0).reason()).isEmpty();
        assertThat(logs.get(1).reason()).contains("R0 !read_ok");
    }

    @Test
    void oneThatIsCutOffHasNoCounts() {
        assertThat(VerifierLog.in("libbpf: prog 'a': -- BEGIN PROG LOAD LOG --\n0: (95) exit\n"))
                .singleElement()
                .satisfies(log -> {
                    assertThat(log.program()).isEqualTo("a");
                    assertThat(log.stats()).isEmpty();
                    assertThat(log.reason()).contains("0: (95) exit");
                });
    }

    @Test
    void outputWithoutALogHasNone() {
        assertThat(VerifierLog.in("")).isEmpty();
        assertThat(VerifierLog.in("attached ktstr\nstats nr_enqueued=1\n")).isEmpty();
        assertThat(VerifierStats.of("processed 99999999999999999999 insns (limit 1) x total_states 1 peak_states 1"))
                .isEmpty();
    }

    @Test
    void logsOfTwoProgramsAreTwo() {
        String two = """
                libbpf: prog 'a': -- BEGIN PROG LOAD LOG --
                x
                -- END PROG LOAD LOG --
                INFO prog 'b': -- BEGIN PROG LOAD LOG --
                y
                INFO -- END PROG LOAD LOG --
                """;
        assertThat(VerifierLog.in(two)).extracting(VerifierLog::program).containsExactly("a", "b");
        assertThat(VerifierLog.in(two)).extracting(VerifierLog::lines).containsExactly(List.of("x"), List.of("y"));
    }
}
