package dev.ktstr.maven;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.maven.Doctor.Fact;
import dev.ktstr.maven.Doctor.Finding;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DoctorTest {
    private static final Fact GOOD = new Fact("kernel", "ok", "7.2", null);

    @Test
    void aSystemThatHasAllIsNotComplainedAbout() {
        assertThat(Doctor.complaint(List.of(found("q", "9.0")), List.of(GOOD), "bookworm"))
                .isNull();
    }

    @Test
    void allThatIsMissingIsInOneMessageWithOneCommand() {
        Finding old = found("q", "7.2");
        Finding absent = new Finding(requirement("s", null, false), new Probe(false, null));

        assertThat(Doctor.complaint(List.of(old, absent), List.of(GOOD), "bookworm"))
                .contains("missing: q (found 7.2, wanted >= 8.2), s\n")
                .contains("apt-get install q-pkg/bookworm-backports s-pkg ")
                .contains("./quickstart");
    }

    @Test
    void onAnotherSystemThePackagesAreNamedAsDebians() {
        assertThat(Doctor.complaint(List.of(found("q", "7.2")), List.of(), null))
                .contains("what Debian calls q-pkg")
                .doesNotContain("apt-get", "backports");
    }

    @Test
    void whatIsNeededForOneThingIsNoConcernOfAnother() {
        Requirement.Kind run = Requirement.Kind.RUN;
        Requirement.Kind kernel = Requirement.Kind.KERNEL;
        Requirement.Kind build = Requirement.Kind.BUILD;
        assertThat(Requirement.Kind.values()).allSatisfy(kind -> {
            assertThat(kind.includes(run)).isTrue();
            assertThat(kind.includes(kind)).isTrue();
            assertThat(Requirement.Kind.TEST.includes(kind)).isTrue();
        });
        assertThat(run.includes(kernel)).isFalse();
        assertThat(build.includes(kernel)).isFalse();
        assertThat(kernel.includes(build)).isFalse();
    }

    @Test
    void aProblemWithSomethingElseIsTheMessageToo() {
        Fact noKernel = new Fact("kernel", "MISSING", "none", "kernel: mvn ktstr:kernel-fetch gets one");

        assertThat(Doctor.complaint(List.of(), List.of(GOOD, noKernel), "bookworm"))
                .contains("kernel: mvn ktstr:kernel-fetch gets one")
                .doesNotContain("missing:");
    }

    @Test
    void aVersionThatTheProbeDoesNotPrintIsNotTakenForGood() {
        assertThat(new Finding(requirement("q", "8.2", true), new Probe(true, null)).met())
                .isFalse();
        assertThat(new Finding(requirement("q", null, true), new Probe(true, null)).met())
                .isTrue();
    }

    @Test
    void theTableIsAlignedAndPlain() {
        List<String> lines = Doctor.table(List.of(found("q", "9.0"), found("long-name", "1.0")), List.of(GOOD));

        assertThat(lines).hasSize(5);
        assertThat(lines.get(0).indexOf("FOUND")).isEqualTo(lines.get(1).indexOf("9.0"));
        assertThat(lines.get(0).indexOf("FOUND")).isEqualTo(lines.get(2).indexOf("1.0"));
        assertThat(lines.get(1)).startsWith("ok");
        assertThat(lines.get(2)).startsWith("TOO OLD");
        assertThat(lines).allSatisfy(l -> assertThat(l).doesNotContain("\u001b").doesNotEndWith(" "));
    }

    private static Finding found(String name, String version) {
        return new Finding(requirement(name, "8.2", true), new Probe(true, version));
    }

    private static Requirement requirement(String name, @Nullable String minimum, boolean backports) {
        return new Requirement(
                Requirement.Kind.RUN, name, List.of(name), minimum, name + "-pkg", backports, "a reason");
    }
}
