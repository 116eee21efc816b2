package dev.ktstr.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ktstr.TestTopology;
import dev.ktstr.Threshold;
import dev.ktstr.guest.wire.CpuReport;
import dev.ktstr.guest.wire.Hello;
import dev.ktstr.guest.wire.NodeReport;
import dev.ktstr.spec.CpuTopology;
import dev.ktstr.spec.NumaMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableTypeAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResolveTest {
    private static final String REGISTRY = """
            {"schema":2,
             "schedulers":[{"name":"scx-ktstr","type":"acme.S","binary":"scx-ktstr","binaryPath":null,
               "schedArgs":["--slow"],"sysctls":{"kernel.x":"1"},"kargs":[],"flags":[]}],
             "tests":[{"id":"acme.T#m","class":"acme.T","method":"m","scheduler":"acme.S",
               "topology":{"numaNodes":{"value":1,"from":"default"},"llcs":{"value":2,"from":"test"},
                 "cores":{"value":2,"from":"test"},"threads":{"value":1,"from":"default"}},
               "memoryMb":{"value":64,"from":"test"},"durationS":{"value":20,"from":"test"},
               "workersPerCgroup":{"value":3,"from":"test"},"extraSchedArgs":["-x"],"expectErr":false,"ignore":false,
               "checks":{"isolation":{"value":true,"from":"scheduler"},"maxSpreadPct":{"value":20.0,"from":"test"}}}]}
            """;

    @TempDir
    Path temp;

    private static ThrowableTypeAssert<RunException> assertRunException() {
        return assertThatExceptionOfType(RunException.class);
    }

    @Test
    void theRegistryIsReadWithOrigins() throws IOException {
        TestEntry test = Registry.of(new ObjectMapper().readTree(REGISTRY)).test("acme.T#m");
        assertThat(test.topology()).isEqualTo(CpuTopology.parse("1n2l2c1t"));
        assertThat(test.scheduler().orElseThrow().args()).containsExactly("--slow");
        assertThat(test.schedulerChecks().values()).containsExactly(Map.entry(Threshold.ISOLATION, 1.0));
        assertThat(test.testChecks().values()).containsExactly(Map.entry(Threshold.MAX_SPREAD_PCT, 20.0));
    }

    @Test
    void anUnknownTestAndANewerRegistryAreRefusedWithTheCure() throws IOException {
        Registry registry = Registry.of(new ObjectMapper().readTree(REGISTRY));
        assertRunException()
                .isThrownBy(() -> registry.test("acme.T#gone"))
                .withMessageContaining("acme.T#gone")
                .withMessageContaining("compile again");
        assertRunException()
                .isThrownBy(() -> Registry.of(new ObjectMapper().readTree("{\"schema\":9}")))
                .withMessageContaining("schema 9");
    }

    @Test
    void theCommandLineWinsOverTheEnvironment() {
        Options both = new Options(Map.of("ktstr.boot.timeout", "5")::get, Map.of("KTSTR_BOOT_TIMEOUT", "9")::get);
        assertThat(both.positive("boot.timeout")).hasValue(5);
        Options environment = new Options(name -> null, Map.of("KTSTR_SCHEDULER_BIN_SCX_KTSTR", "x")::get);
        assertThat(environment.get("scheduler.bin.scx-ktstr")).contains("x");
        Options wrong = new Options(Map.of("ktstr.boot.timeout", "soon")::get, name -> null);
        assertRunException()
                .isThrownBy(() -> wrong.positive("boot.timeout"))
                .withMessageContaining("-Dktstr.boot.timeout=soon is not a whole number above zero");
    }

    @Test
    void aSchedulerIsFoundByNameAndAMissingOneNamesThePlaces() throws IOException {
        SchedulerEntry entry = scheduler(Optional.of("prog"), Optional.empty());
        Options options = new Options(
                Map.of("ktstr.scheduler.path", temp + ":" + temp.resolve("target"))::get,
                Map.of("PATH", "/usr/bin:/bin")::get);
        assertRunException()
                .isThrownBy(() -> SchedulerBinary.find(entry, options, temp))
                .withMessageContaining("no program 'prog' in " + temp + ", " + temp.resolve("target") + ", "
                        + temp.resolve("target/schedulers") + ", nor on PATH. Hint: ")
                .withMessageContaining("-Dktstr.scheduler.path");
        Path program = Files.writeString(temp.resolve("prog"), "x");
        assertRunException()
                .isThrownBy(() -> SchedulerBinary.find(entry, options, temp))
                .withMessageContaining("not executable");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        assertThat(SchedulerBinary.find(entry, options, temp)).isEqualTo(program);
    }

    @Test
    void aSchedulerByPathThatIsNotThereIsNamed() {
        SchedulerEntry entry = scheduler(Optional.empty(), Optional.of("build/prog"));
        assertRunException()
                .isThrownBy(() -> SchedulerBinary.find(entry, new Options(n -> null, n -> null), temp))
                .withMessageContaining("there is no file " + temp.resolve("build/prog"));
    }

    private static SchedulerEntry scheduler(Optional<String> binary, Optional<String> path) {
        return SchedulerEntry.ofProgram("scx-ktstr", binary, path);
    }

    @Test
    void aTopologyThatDiffersIsNeverPaperedOver() {
        CpuTopology asked = CpuTopology.parse("1n2l2c1t");
        assertThat(GuestTopology.verified(hello(0, 0, 1, 1), asked).llcs()).hasSize(2);
        assertRunException()
                .isThrownBy(() -> GuestTopology.verified(hello(0, 0, 0, 0), asked))
                .withMessageContaining("does not show the topology 1n2l2c1t")
                .withMessageContaining("cpu2 should be in LLC 1");
        assertRunException()
                .isThrownBy(() -> GuestTopology.verified(hello(0, 0, 1), asked))
                .withMessageContaining("asked for 4 CPUs, the guest has 3");
    }

    @Test
    void memoryOfNodesThatDiffersIsNamed() {
        CpuTopology asked = CpuTopology.parse("1n1l2c1t");
        NumaMemory memory = NumaMemory.parse(List.of("512M distances=10,30", "256M distances=30,10"));
        NodeReport first = new NodeReport(0, 500 << 10, List.of(0, 1), List.of(10, 30));
        assertThat(verified(asked, memory, first, new NodeReport(1, 250 << 10, List.of(), List.of(30, 10))))
                .extracting(TestTopology.Node::memoryOnly)
                .containsExactly(false, true);
        assertRunException()
                .isThrownBy(() -> verified(asked, memory, first))
                .withMessageContaining("asked for 2 NUMA nodes, the guest has 1");
        assertRunException()
                .isThrownBy(
                        () -> verified(asked, memory, first, new NodeReport(1, 257 << 10, List.of(1), List.of(20, 10))))
                .withMessageContaining("node1 should be at distances [30, 10]; the guest shows [20, 10]")
                .withMessageContaining("node1 should have 262144 KiB; the guest shows 263168")
                .withMessageContaining("node1 should have no CPUs; the guest shows [1]");
        assertRunException()
                .isThrownBy(() -> verified(asked, memory, first, new NodeReport(7, 1, List.of(), List.of(30, 10))))
                .withMessageContaining("the guest has a node 7, which was not asked for");
    }

    private static List<TestTopology.Node> verified(CpuTopology asked, NumaMemory memory, NodeReport... nodes) {
        Hello one = hello(0, 0);
        Hello hello = new Hello(0, "test", "7.2", 0, 500, true, one.cpus(), List.of(nodes));
        return GuestTopology.verified(hello, asked, Optional.of(memory)).nodes();
    }

    private static Hello hello(int... llcOfCpu) {
        List<CpuReport> cpus = new ArrayList<>();
        List<Integer> ids = new ArrayList<>();
        for (int cpu = 0; cpu < llcOfCpu.length; cpu++) {
            cpus.add(new CpuReport(cpu, 0, llcOfCpu[cpu], cpu, llcOfCpu[cpu], 1 << 20));
            ids.add(cpu);
        }
        return new Hello(0, "test", "7.2", 0, 500, true, cpus, List.of(new NodeReport(0, 1 << 20, ids, List.of(10))));
    }
}
