package dev.ktstr.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.snapshot.SnapshotException;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.Watchpoint;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who gets the four watchpoints of a machine, and who hears of a write. */
@SuppressWarnings("unchecked") // the arguments of a proxy
class WatchesTest {
    private final List<String> told = new ArrayList<>();
    private List<Watchpoint> set = List.of();
    private Watchpoint.Listener listener = hit -> told.add("nobody watches");
    private boolean refuses;

    private final Watches watches = new Watches((VirtualMachine) Proxy.newProxyInstance(
            VirtualMachine.class.getClassLoader(),
            new Class<?>[] {VirtualMachine.class},
            (machine, method, arguments) -> {
                assertThat(method.getName()).isEqualTo("watch");
                if (refuses) {
                    throw new VmException("no debug registers");
                }
                set = List.copyOf((List<Watchpoint>) arguments[0]);
                listener = (Watchpoint.Listener) arguments[1];
                return null;
            }));

    private static Watchpoint at(int place) {
        return new Watchpoint(0xffff_8880_0000_0000L + place * 8L, 8);
    }

    private void add(String symbol, int place) {
        watches.add(symbol, at(place), cpu -> told.add(symbol + " by " + cpu));
    }

    private void write(int place) {
        listener.hit(new Watchpoint.Hit(1, at(place)));
    }

    @Test
    void threeSymbolsAreWatchedBesideTheExitKindAndTheNextIsRefused() {
        watches.exit(at(9), cpu -> told.add("exit by " + cpu));
        add("a", 0);
        add("b", 1);
        add("c", 2);
        assertThat(set).containsExactlyInAnyOrder(at(0), at(1), at(2), at(9));
        assertThatThrownBy(() -> add("d", 3))
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining(
                        "'d' cannot be watched: a CPU has 4 watchpoints, one is the scheduler's exit_kind's")
                .hasMessageContaining("3 are taken: a, b, c");
        assertThat(set).hasSize(4);
        write(1);
        write(9);
        assertThat(told).containsExactly("b by 1", "exit by 1");
    }

    @Test
    void aPlaceHasOneNameButTheExitKindMayBeWatchedToo() {
        add("a", 0);
        assertThatThrownBy(() -> add("same", 0)).hasMessage("'same' is watched already, as 'a'");
        watches.exit(at(0), cpu -> told.add("exit by " + cpu));
        assertThat(set).containsExactly(at(0));
        write(0);
        assertThat(told).containsExactly("a by 1", "exit by 1");
        watches.remove("a");
        assertThat(set).containsExactly(at(0));
        write(0);
        assertThat(told).hasSize(3).endsWith("exit by 1");
    }

    @Test
    void theExitKindMovesWithItsSchedulerAndGoes() {
        watches.exit(at(5), cpu -> told.add("first"));
        watches.exit(at(6), cpu -> told.add("second"));
        assertThat(set).containsExactly(at(6));
        write(5);
        write(6);
        assertThat(told).containsExactly("second");
        watches.removeExit();
        assertThat(set).isEmpty();
    }

    @Test
    void whenTheScenarioEndsOnlyTheExitKindStays() {
        watches.exit(at(9), cpu -> told.add("exit"));
        add("a", 0);
        add("b", 1);
        watches.removeSymbols();
        assertThat(set).containsExactly(at(9));
        write(0);
        assertThat(told).isEmpty();
        add("c", 2);
        assertThat(set).containsExactlyInAnyOrder(at(2), at(9));
    }

    @Test
    void whatTheMachineRefusesIsNotWatched() {
        refuses = true;
        assertThatThrownBy(() -> add("a", 0)).isInstanceOf(VmException.class);
        assertThatThrownBy(() -> watches.exit(at(9), cpu -> {})).isInstanceOf(VmException.class);
        refuses = false;
        add("b", 1);
        assertThat(set).containsExactly(at(1));
    }
}
