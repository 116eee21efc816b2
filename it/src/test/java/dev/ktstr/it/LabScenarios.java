package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ktstr.guest.BootImage;
import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelDiscovery;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.result.Outcome;
import dev.ktstr.result.ReportText;
import dev.ktstr.result.Verdict;
import dev.ktstr.run.Boot;
import dev.ktstr.run.BootedGuest;
import dev.ktstr.run.Options;
import dev.ktstr.run.Registry;
import dev.ktstr.run.Variant;
import dev.ktstr.run.VariantRun;
import dev.ktstr.vm.Backends;
import dev.ktstr.vm.VmExit;
import dev.ktstr.vm.kernel.KernelMemory;
import dev.ktstr.vm.kvm.Breakpoint;
import dev.ktstr.vm.kvm.KvmMachine;
import dev.ktstr.vm.kvm.Registers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the nested lab runs on the {@code kvm} backend with a real kernel; runs as well on any machine whose KVM is
 * usable. Not named like a test: {@link LabIT} and {@link LabMain} start it.
 */
@TestMethodOrder(MethodOrderer.MethodName.class)
class LabScenarios {
    private static final String OLDER = "6.12";

    @TempDir
    Path temp;

    private static VariantRun.Ended run(String fixture, VariantRun.Body body) {
        return new VariantRun("dev.ktstr.it.LabFixtures#" + fixture, Options.ofProcess(), Path.of("")).execute(body);
    }

    private static void passes(String fixture, VariantRun.Body body) {
        Outcome outcome = run(fixture, body).outcome();
        assertThat(outcome.verdict()).as(ReportText.failure(outcome)).isEqualTo(Verdict.PASS);
        System.out.println("LAB TIME " + fixture + " " + outcome.timings());
    }

    @Test
    void aOneCpuGuestBoots() {
        passes("one", ctx -> null);
    }

    @Test
    void bTwoCpusShareWorkUnderEevdf() {
        passes("two", new LabFixtures()::two);
    }

    @Test
    void cFourCpusInTwoCachesShowAsAsked() {
        passes("four", ctx -> {
            assertThat(ctx.topo().llcs()).hasSize(2);
            return null;
        });
    }

    @Test
    void dTwoNodesShowAsAsked() {
        passes("twoNodes", ctx -> {
            assertThat(ctx.topo().nodes()).hasSize(2);
            assertThat(ctx.topo().nodes().get(0).distances()).containsExactly(10, 20);
            return null;
        });
    }

    @Test
    void eEightCpusWithSmtShowAsAsked() {
        passes("eightWithSmt", ctx -> {
            assertThat(ctx.guest().readText("/sys/devices/system/cpu/cpu5/topology/thread_siblings_list"))
                    .isEqualTo("4-5");
            return null;
        });
    }

    @Test
    void fTheFixtureSchedulerRunsTheWorkers() {
        passes("underScx", new LabFixtures()::underScx);
    }

    @Test
    void gAPanicIsNamedWithItsOwnLine() throws InterruptedException {
        try (BootedGuest guest = boot("two")) {
            guest.writeText("/proc/sys/kernel/sysrq", "1");
            try {
                guest.writeText("/proc/sysrq-trigger", "c");
            } catch (RuntimeException e) {
                // The guest dies while it answers.
                assertThat(e).isNotNull();
            }
            VmExit exit = guest.machine().awaitExit(Duration.ofSeconds(60)).orElseThrow();
            assertThat(exit.kind()).isEqualTo(VmExit.Kind.PANIC);
            assertThat(exit.detail()).contains("sysrq triggered crash");
        }
    }

    @Test
    void hAFrozenLinuxStandsStillAndAnswersWhenResumed() {
        try (BootedGuest guest = boot("two")) {
            KvmMachine vm = (KvmMachine) guest.machine();
            for (int i = 0; i < 5; i++) {
                long start = System.nanoTime();
                vm.freeze();
                System.out.println("LAB TIME freeze " + (System.nanoTime() - start) / 1000 + " us");
                List<Registers> before = List.of(vm.registers(0), vm.registers(1));
                assertThat(List.of(vm.registers(0), vm.registers(1))).isEqualTo(before);
                assertThat(before).allMatch(Registers::longMode);
                vm.resume();
            }
            assertThat(vm.frozenTime()).isPositive();
            assertThat(guest.readText("/proc/sys/kernel/ostype")).isEqualTo("Linux");
            assertThat(vm.usage())
                    .hasSize(2)
                    .allSatisfy(u -> assertThat(u.cpuTimeNs()).isPositive());
            System.out.println("LAB TIME usage " + vm.usage().get(0).kvm().get("exits"));
        }
    }

    @Test
    void iASilentGuestIsGivenUpInBoundedTime() {
        Map<String, String> hurry = Map.of("ktstr.boot.timeout", "1", "ktstr.template", "off");
        Options hurried = Runs.options(hurry);
        Outcome outcome = new VariantRun("dev.ktstr.it.LabFixtures#one", hurried, Path.of(""))
                .execute(ctx -> null)
                .outcome();
        assertThat(outcome.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(outcome.details().get(0)).contains("hello");
    }

    @Test
    void jAnOlderKernelRunsTheWorkersUnderTheFixtureScheduler() {
        assumeTrue(KernelCache.standard().find(OLDER).isPresent(), "no " + OLDER + " in the cache");
        Options older = Runs.options(Map.of("ktstr.kernel", OLDER));
        Outcome outcome = new VariantRun("dev.ktstr.it.LabFixtures#underScx", older, Path.of(""))
                .execute(new LabFixtures()::underScx)
                .outcome();
        assertThat(outcome.verdict()).as(ReportText.failure(outcome)).isEqualTo(Verdict.PASS);
        System.out.println("LAB TIME " + OLDER + " " + outcome.timings());
    }

    @Test
    void kAWatchpointOnAVariableOfLinuxTellsWhoWroteIt() throws InterruptedException {
        BlockingQueue<Breakpoint.Hit> hits = new LinkedBlockingQueue<>();
        try (BootedGuest guest = boot("two")) {
            KvmMachine vm = (KvmMachine) guest.machine();
            KernelMemory memory = guest.kernel().structs().memory();
            long variable = memory.symbol("panic_timeout");
            assertThat(vm.translate(1, variable)).isEqualTo(memory.translate(variable));
            Breakpoint written = new Breakpoint(variable, Breakpoint.Kind.WRITE, 4);
            vm.setBreakpoints(List.of(written), hits::add);
            guest.writeText("/proc/sys/kernel/panic", "7");
            Breakpoint.Hit hit = hits.poll(30, TimeUnit.SECONDS);
            assertThat(hit).isNotNull();
            assertThat(hit.breakpoint()).isEqualTo(written);
            assertThat(memory.readInt(variable)).isEqualTo(7);
            // Within a handler of sysctl: do_proc_int_conv, proc_dointvec_conv, and what kernels to come call them.
            assertThat(memory.symbols()
                            .at(hit.rip() - memory.slide())
                            .orElseThrow()
                            .name())
                    .contains("proc_");
            vm.setBreakpoints(List.of(), hits::add);
            hits.clear();
            guest.writeText("/proc/sys/kernel/panic", "8");
            assertThat(memory.readInt(variable)).isEqualTo(8);
            assertThat(hits).isEmpty();
        }
    }

    @Test
    void lTheCompressedImageOfADistributionUnpacksItselfAndBoots() {
        Options unpacking = Runs.options(Map.of("ktstr.kaslr", "true"));
        try (BootedGuest guest = boot("two", unpacking)) {
            assertThat(guest.machine().spec().kernel())
                    .isEqualTo(kernel(unpacking).image())
                    .isNotEqualTo(kernel(unpacking).vmlinux());
            assertThat(guest.readText("/proc/sys/kernel/ostype")).isEqualTo("Linux");
            // What is read from outside is found all the same, wherever the kernel went.
            assertThat(guest.kernel().structs().memory().readText(versionText(guest), 200))
                    .contains(guest.kernelRelease());
        }
    }

    private static long versionText(BootedGuest guest) {
        return guest.kernel().structs().memory().symbol("linux_banner");
    }

    private BootedGuest boot(String fixture) {
        return boot(fixture, Options.ofProcess());
    }

    private BootedGuest boot(String fixture, Options options) {
        Variant variant = new Variant(
                Registry.load(LabScenarios.class.getClassLoader()).test("dev.ktstr.it.LabFixtures#" + fixture),
                kernel(options));
        return new Boot(Backends.select("kvm"), options).boot(variant, BootImage.cached(temp), temp, vm -> {});
    }

    private static KernelImage kernel(Options options) {
        return KernelDiscovery.standard().find(options.get("kernel").orElse(null));
    }
}
