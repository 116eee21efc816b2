package dev.ktstr.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.checks.MergedChecks;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompanionsTest {
    private final List<String> seen = new ArrayList<>();

    private final class Named implements Companion {
        private final String name;

        Named(String name) {
            this.name = name;
        }

        @Override
        public void attached() {
            seen.add(name + " attached");
        }

        @Override
        public void close() {
            seen.add(name + " closed");
            if (name.equals("b")) {
                throw new IllegalStateException("as if it could not be closed");
            }
        }

        @Override
        public Findings findings(MergedChecks checks) {
            return new Findings(List.of(name + " fails"), List.of(name + " doubts"), List.of(name + " notes"));
        }
    }

    private final Companions companions = new Companions(List.of(new Named("a"), new Named("b"), new Named("c")));

    @Test
    void allHearOfItInTheirOrderAndCloseInReverseEvenWhenOneCannot() {
        companions.attached();
        companions.close();
        assertThat(seen).containsExactly("a attached", "b attached", "c attached", "c closed", "b closed", "a closed");
    }

    @Test
    void findingsOfAllStandTogether() {
        Findings all = companions.findings(MergedChecks.defaults(false));
        assertThat(all.failures()).containsExactly("a fails", "b fails", "c fails");
        assertThat(all.inconclusive()).containsExactly("a doubts", "b doubts", "c doubts");
        assertThat(all.notes()).containsExactly("a notes", "b notes", "c notes");
    }
}
