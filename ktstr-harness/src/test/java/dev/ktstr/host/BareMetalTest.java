package dev.ktstr.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ktstr.result.Verdict;
import dev.ktstr.run.Options;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs on this host itself. Needs cgroup v2 and the right to make cgroups in it; controllers are not needed. */
class BareMetalTest {
    @TempDir
    Path temp;

    private CgroupMount mount;

    @BeforeEach
    void findCgroups() {
        try {
            mount = CgroupMount.find(Path.of("/"), Optional.empty());
        } catch (HostException e) {
            assumeTrue(false, "no bare-metal run is possible here: " + e.getMessage());
        }
    }

    private static HostSettings settings(String filter) {
        return HostSettings.of(new Options(Map.of("ktstr.filter", filter, "ktstr.duration", "1")::get, name -> null));
    }

    private static Path cgroupOf(long pid, CgroupMount mount) {
        return mount.parent().resolve("ktstr-" + pid);
    }

    @Test
    void aScenarioRunsAndLeavesNothing() throws IOException {
        List<HostResult> heard = new ArrayList<>();
        HostFacts host = HostFacts.read();
        HostSettings settings = settings("steady,steadyEveryLlc");
        List<HostResult> results = new BareMetal(settings, host, temp).run(heard::add);
        assertThat(results).isEqualTo(heard).hasSize(2);
        HostResult steady = results.get(0);
        assertThat(steady.scenario().name()).isEqualTo("steady");
        assertThat(steady.stats())
                .isNotEmpty()
                .allSatisfy(cgroup -> assertThat(cgroup.iterations()).isPositive());
        assertThat(cgroupOf(ProcessHandle.current().pid(), mount)).doesNotExist();
        assertThat(new Leftovers(mount.mount(), BareMetal.records(temp)).find())
                .noneMatch(found -> found.cgroup()
                        .endsWith("ktstr-" + ProcessHandle.current().pid()));
        if (!mount.controllers().contains("cpuset")) {
            assertThat(results.get(1).verdict()).isEqualTo(Verdict.SKIP);
            assertThat(results.get(1).details().get(0)).startsWith("needs the cgroup v2 controllers cpuset");
        }
        JsonNode json = new ObjectMapper().readTree(HostReport.json(host, settings, results));
        assertThat(json.path("host").path("cpus").asInt())
                .isEqualTo(host.topology().cpuCount());
        assertThat(json.path("scenarios").path(0).path("stats").path("cgroups").isEmpty())
                .isFalse();
        assertThat(HostReport.summary(results)).startsWith("2 scenarios: ");
    }

    @Test
    void aFilterThatSelectsNothingIsRefusedBeforeAnythingStarts() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BareMetal(settings("steddy"), HostFacts.read(), temp).run(result -> {}))
                .withMessageContaining("Did you mean 'steady'?");
    }

    @Test
    void anAgentWhoseOwnerIsKilledEndsWithAllItStarted() throws Exception {
        Process owner = owner();
        try {
            BufferedReader words = owner.inputReader(StandardCharsets.UTF_8);
            assertThat(words.readLine()).as("the owner's agent is up").isEqualTo("up");
            Path cgroup = cgroupOf(owner.pid(), mount);
            assertThat(cgroup).isDirectory();
            assertThat(new Leftovers(mount.mount(), BareMetal.records(temp)).find())
                    .anyMatch(found ->
                            found.cgroup().equals(cgroup) && found.live().isPresent());
            owner.destroyForcibly().waitFor();
            long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (Files.exists(cgroup) && System.nanoTime() < deadline) {
                LockSupport.parkNanos(10_000_000);
            }
            assertThat(cgroup).doesNotExist();
        } finally {
            owner.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    private Process owner() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Owner.class.getName(),
                        temp.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** A JVM with an agent, which waits to be killed. */
    static final class Owner {
        private Owner() {}

        public static void main(String[] args) throws IOException {
            Path cache = Path.of(args[0]);
            CgroupMount mount = CgroupMount.find(Path.of("/"), Optional.empty());
            try (HostAgent agent = HostAgent.start(
                    dev.ktstr.guest.AgentBinary.cached(cache.resolve("host")), mount, BareMetal.records(cache))) {
                System.out.println(agent.session().hello().cpus().isEmpty() ? "no CPUs" : "up");
                System.out.flush();
                new InputStreamReader(System.in, StandardCharsets.UTF_8).read();
            }
        }
    }
}
