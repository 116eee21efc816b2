package dev.ktstr.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequirementTest {
    @Test
    void theTableInTheJarIsWellFormedAndHasBothKinds() {
        List<Requirement> all = Requirement.all();

        assertThat(all).extracting(Requirement::kind).contains(Requirement.Kind.RUN, Requirement.Kind.BUILD);
        assertThat(all).extracting(Requirement::name).doesNotHaveDuplicates().contains("qemu-system-x86_64", "setpriv");
    }

    @Test
    void aLineIsReadColumnByColumn() {
        assertThat(Requirement.parse("# a remark\n\nrun\tq\tq --version\t8.2\tq-pkg\tbackports\tboots it\n"))
                .containsExactly(new Requirement(
                        Requirement.Kind.RUN, "q", List.of("q", "--version"), "8.2", "q-pkg", true, "boots it"));
        assertThat(Requirement.parse("build\tc\tc -x\t-\tc-pkg\tmain\twhy"))
                .singleElement()
                .satisfies(r -> assertThat(r.minimum()).isNull());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run\tq\tq\t1\tp\tmain",
                "run\tq\tq\t\tp\tmain\twhy",
                "walk\tq\tq\t1\tp\tmain\twhy",
                "run\tq\tq\t1\tp\tsid\twhy",
                "run\tq\tq\t1\tp\tmain\twhy\tmore"
            })
    void aLineThatIsNoRequirementIsNamedWithItsNumber(String line) {
        assertThatThrownBy(() -> Requirement.parse("#\n" + line))
                .hasMessageContaining("requirements.tsv:2")
                .hasMessageContaining(line);
    }
}
