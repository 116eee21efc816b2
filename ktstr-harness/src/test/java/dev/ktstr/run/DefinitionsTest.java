package dev.ktstr.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ktstr.SchedulerDefinition;
import dev.ktstr.Schedulers;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Schedulers whose definition is computed. */
class DefinitionsTest {
    static final class Defs {
        static final SchedulerDefinition LAYERED = Schedulers.define("layered")
                .binaryPath("target/scx_layered")
                .schedArgs("--stats", "1")
                .sysctl("kernel.x", "1")
                .kargs("debug")
                .cgroupParent("/cells")
                .build();
        static final String TEXT = "layered";
        final SchedulerDefinition ofAnObject = LAYERED;
    }

    static final class Broken {
        static final SchedulerDefinition BAD =
                Schedulers.define("layered").binary("a").binaryPath("b").build();
    }

    private static TestEntry test(String reference, String written) throws IOException {
        return Registry.of(new ObjectMapper().readTree("""
                {"schema":2,"schedulers":[{"name":"layered","type":"acme.S","definition":"%s"%s}],
                 "tests":[{"id":"acme.T#m","class":"acme.T","method":"m","scheduler":"acme.S"},
                          {"id":"acme.T#plain","class":"acme.T","method":"plain","scheduler":null}]}""".formatted(reference, written)))
                .test("acme.T#m");
    }

    private static String constant(Class<?> type, String name) {
        return type.getName() + "#" + name;
    }

    @Test
    void theDefinitionGivesWhatTheAnnotationDoesNotWrite() throws IOException {
        SchedulerEntry scheduler = test(constant(Defs.class, "LAYERED"), ",\"schedArgs\":[\"-v\"]")
                .scheduler()
                .orElseThrow();
        assertThat(scheduler.binaryPath()).hasValue("target/scx_layered");
        assertThat(scheduler.args()).containsExactly("-v");
        assertThat(scheduler.sysctls()).containsEntry("kernel.x", "1");
        assertThat(scheduler.kargs()).containsExactly("debug");
        assertThat(scheduler.cgroupParent()).hasValue("/cells");
    }

    @Test
    void aProgramThatTheAnnotationWritesReplacesTheOneOfTheDefinition() throws IOException {
        SchedulerEntry scheduler = test(constant(Defs.class, "LAYERED"), ",\"binary\":\"mine\"")
                .scheduler()
                .orElseThrow();
        assertThat(scheduler.binary()).hasValue("mine");
        assertThat(scheduler.binaryPath()).isEmpty();
    }

    @Test
    void aReferenceThatNamesNoDefinitionSaysWhatItFound() throws IOException {
        refused("acme.Gone#LAYERED", "cannot be read");
        refused(constant(Defs.class, "GONE"), "GONE");
        refused(constant(Defs.class, "TEXT"), "is of class java.lang.String, not a definition");
        refused(constant(Defs.class, "ofAnObject"), "is not static");
    }

    @Test
    void aDefinitionThatTheRulesRefuseFailsTheTestWithTheCompilersMessage() throws IOException {
        refused(constant(Broken.class, "BAD"), "[KTSTR-305]");
        refused(constant(Broken.class, "BAD"), "scheduler 'layered': its definition ");
    }

    @Test
    void otherTestsDoNotMindABrokenDefinition() throws IOException {
        Registry registry = Registry.of(new ObjectMapper().readTree("""
                {"schema":2,"schedulers":[{"name":"layered","type":"acme.S","definition":"acme.Gone#X"}],
                 "tests":[{"id":"acme.T#m","class":"acme.T","method":"m","scheduler":"acme.S"},
                          {"id":"acme.T#plain","class":"acme.T","method":"plain","scheduler":null}]}"""));
        assertThat(registry.test("acme.T#plain").scheduler()).isEmpty();
    }

    @Test
    void allFindingsAreToldTogether() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> Schedulers.define("eevdf").cgroupParent("cells").build())
                .withMessageContaining("[KTSTR-303]")
                .withMessageContaining("[KTSTR-305]")
                .withMessageContaining("cgroupParent");
    }

    private static void refused(String reference, String why) {
        assertThatExceptionOfType(RunException.class)
                .isThrownBy(() -> test(reference, ""))
                .withMessageContaining(why);
    }
}
