package dev.ktstr.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.Claims;
import dev.ktstr.VmResult;
import dev.ktstr.snapshot.SampleSeries;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PostVmTest {
    private static final String NESTED = "dev.ktstr.run.PostVmTest.Judge";

    static final class Judge {
        private Judge() {}

        void claims(VmResult result) {
            result.claims().record(false, "as claimed");
        }

        static void fails(VmResult result) {
            throw new AssertionError("as it should");
        }
    }

    private static VmResult result(Claims claims) {
        return new VmResult(new SampleSeries(List.of()), List.of(), List.of(), "", Path.of(""), claims);
    }

    @Test
    void aMethodOfANestedClassWithoutModifiersIsCalled() throws Throwable {
        Claims claims = new Claims();
        new PostVm(NESTED, "claims").call(result(claims));
        assertThat(claims.untold().details()).containsExactly("as claimed");
    }

    @Test
    void whatItThrowsIsThrown() {
        assertThatThrownBy(() -> new PostVm(NESTED, "fails").call(result(new Claims())))
                .isInstanceOf(AssertionError.class)
                .hasMessage("as it should");
    }

    @Test
    void aMethodThatIsGoneIsASetupError() {
        assertThatThrownBy(() -> new PostVm(NESTED, "gone").call(result(new Claims())))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("postVm = \"gone\" of " + NESTED);
    }

    @Test
    void aCaptureThatIsNotThereNamesThoseThatAre() {
        assertThatThrownBy(() -> result(new Claims()).snapshot("x")).hasMessage("no capture 'x'; there are: []");
    }
}
