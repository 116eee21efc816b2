package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ktstr.guest.AgentSession;
import dev.ktstr.guest.ElfClosure;
import dev.ktstr.guest.ExecResult;
import dev.ktstr.guest.GuestException;
import dev.ktstr.guest.GuestFile;
import dev.ktstr.host.CgroupMount;
import dev.ktstr.host.HostException;
import dev.ktstr.result.Verdict;
import dev.ktstr.run.BootedGuest;
import dev.ktstr.run.VariantRun;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs on bare metal. What the controllers of cgroup v2 are for is seen in a guest that takes the host's part, for a build machine
 * may have none: a JVM runs there, and the agent as its child. How runs end is seen on this host itself.
 */
class BareMetalIT {
    private static final Duration SEND = Duration.ofMinutes(2);
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final String JDK_MODULES = "java.base,java.logging,java.management,java.xml,jdk.unsupported";
    private static final String CACHE = "/tmp/cache";
    private static final String NOTHING_LEFT = "BARE end, left: []";
    private static final Pattern NOT_NEEDED =
            Pattern.compile(".*/(archunit|maven|plexus|sisu|guice|junit|assertj|zstd|lz4|compile-testing)[^/]*\\.jar");
    /** What a host that is busy, or emulated, does to limits of time. */
    private static final Pattern OF_TIME = Pattern.compile("(unfair cgroup|tid \\d+ stuck|tid \\d+ starved).*");

    @TempDir
    Path temp;

    @Test
    void scenariosHaveTheirControllersAndLeaveNothingWhereCgroupV2HasThem() throws Exception {
        Path jre = jre();
        VariantRun.Ended ended = Runs.run("takesTheHostsPart", ctx -> {
            AgentSession session = ((BootedGuest) ctx.guest()).session();
            List<String> java = install(session, jre);
            ran(exec(session, java, "run", "cpuset*,nested*,steadyEveryLlc", "1", CACHE));
            killed(session, java);
            return null;
        });
        assertThat(ended.outcome().details()).isEmpty();
        assertThat(ended.outcome().verdict()).isEqualTo(Verdict.PASS);
    }

    private static void ran(ExecResult run) {
        List<String> lines =
                run.output().lines().filter(line -> line.startsWith("BARE ")).toList();
        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(lines.get(0))
                .contains("cpu,")
                .contains("cpuset")
                .contains("memory")
                .contains("pids");
        assertThat(lines.get(lines.size() - 1)).isEqualTo(NOTHING_LEFT);
        List<String> scenarios = lines.subList(1, lines.size() - 1);
        assertThat(scenarios).hasSizeGreaterThan(8);
        assertThat(scenarios).filteredOn(line -> line.startsWith("BARE PASS ")).isNotEmpty();
        for (String line : scenarios) {
            String[] words = line.split(" ", 4);
            if (words[1].equals("SKIP")) {
                assertThat(line).contains(", there are ").doesNotContain("controllers");
                continue;
            }
            assertThat(words[1]).as(line).isIn("PASS", "FAIL", "INCONCLUSIVE");
            Stream.of(words[3].split(" \\| ", -1))
                    .filter(detail -> !detail.isEmpty())
                    .forEach(detail -> assertThat(detail).as(line).matches(OF_TIME));
        }
    }

    /** The JVM is killed, and its process group: what the agent had no time for is the cleanup's. */
    private static void killed(AgentSession session, List<String> java) {
        List<String> argv = new ArrayList<>(java);
        argv.addAll(List.of("run", "steadyEveryLlc", "60", CACHE));
        try {
            session.exec(argv, Duration.ofSeconds(20));
            throw new AssertionError("it ran for a minute, and has ended after 20 s");
        } catch (GuestException e) {
            assertThat(e.kind()).isEqualTo(GuestException.Kind.TIMEOUT);
            assertThat(e.getMessage()).contains("BARE controllers");
        }
        ExecResult cleanup = exec(session, java, "cleanup", CACHE);
        assertThat(cleanup.exitCode()).as(cleanup.output()).isZero();
        assertThat(cleanup.output()).contains(NOTHING_LEFT);
    }

    private static ExecResult exec(AgentSession session, List<String> program, String... args) {
        List<String> argv = new ArrayList<>(program);
        argv.addAll(List.of(args));
        return session.exec(argv, LIMIT);
    }

    /** Puts a JVM and this module into the guest; the command that runs {@link BareMetalMain} there. */
    private static List<String> install(AgentSession session, Path jre) throws IOException {
        Map<String, GuestFile> files = new LinkedHashMap<>();
        for (Path file : regular(jre)) {
            if (file.toString().endsWith(".so") || file.endsWith("bin/java")) {
                assertThat(file.toFile().setExecutable(true)).isTrue();
                closure(files, file, jre);
            }
            add(files, file.toString(), file);
        }
        List<Path> classPath = classPath();
        for (Path entry : classPath) {
            regular(entry).forEach(file -> add(files, file.toString(), file));
        }
        session.send(List.copyOf(files.values()), SEND);
        return List.of(
                jre.resolve("bin/java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                joined(classPath),
                BareMetalMain.class.getName());
    }

    /** What {@link BareMetalMain} needs of this JVM's. */
    private static List<Path> classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !NOT_NEEDED.matcher(entry).matches())
                .map(entry -> Path.of(entry).toAbsolutePath())
                .filter(Files::exists)
                .toList();
    }

    private static String joined(List<Path> classPath) {
        return classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    /** What a part of the JVM needs of the system; its own parts lie where they find each other. */
    private static void closure(Map<String, GuestFile> files, Path elf, Path jre) {
        for (ElfClosure.Entry entry : ElfClosure.of(elf, List.of(jre.resolve("lib"), jre.resolve("lib/server")))) {
            if (!entry.hostPath().startsWith(jre)) {
                add(files, entry.guestPath(), entry.hostPath());
            }
        }
    }

    private static void add(Map<String, GuestFile> files, String guestPath, Path file) {
        files.putIfAbsent(guestPath, GuestFile.of(guestPath, Files.isExecutable(file) ? 0755 : 0644, file));
    }

    private static List<Path> regular(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private static Path jre() throws Exception {
        Path jre = Path.of("target/bare/jre").toAbsolutePath();
        if (!Files.isDirectory(jre)) {
            Files.createDirectories(jre.getParent());
            command(
                    Path.of(System.getProperty("java.home"), "bin/jlink").toString(),
                    "--add-modules",
                    JDK_MODULES,
                    "--strip-debug",
                    "--no-man-pages",
                    "--no-header-files",
                    "--output",
                    jre.toString());
            command(jre.resolve("bin/java").toString(), "-Xshare:dump");
        }
        return jre;
    }

    private static void command(String... argv) throws Exception {
        Process process = new ProcessBuilder(argv).inheritIO().start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES))
                    .as(String.join(" ", argv))
                    .isTrue();
            assertThat(process.exitValue()).as(String.join(" ", argv)).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    private static CgroupMount mount() {
        try {
            return CgroupMount.find(Path.of("/"), Optional.empty());
        } catch (HostException e) {
            assumeTrue(false, "SKIPPED: no bare-metal run is possible here: " + e.getMessage());
            throw e;
        }
    }

    private List<String> mavenRun(String... more) {
        List<String> argv = new ArrayList<>(Children.INTERRUPTIBLE);
        argv.addAll(List.of(
                System.getProperty("it.maven"),
                "-B",
                "-ntp",
                "-Dmaven.repo.local=" + System.getProperty("it.repository"),
                "dev.ktstr:ktstr-maven-plugin:" + Mvn.VERSION + ":run",
                "-Dktstr.filter=steady",
                "-Dktstr.duration=60"));
        if (System.getProperty("it.offline", "").equals("offline=true")) {
            argv.add("-o");
        }
        argv.addAll(List.of(more));
        return argv;
    }

    @Test
    void ctrlCAtTheGoalEndsTheWorkersAndRemovesTheCgroup() throws Exception {
        CgroupMount mount = mount();
        Process maven = new ProcessBuilder(mavenRun())
                .directory(temp.toFile())
                .redirectErrorStream(true)
                .redirectOutput(temp.resolve("log").toFile())
                .start();
        try {
            Path cgroup = mount.parent().resolve("ktstr-" + maven.pid());
            List<ProcessHandle> workers = awaitWorkers(maven, cgroup);
            command("sh", "-c", "kill -INT " + maven.pid());
            assertThat(maven.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(maven.exitValue()).as("128 + SIGINT").isEqualTo(130);
            assertThat(cgroup).doesNotExist();
            workers.forEach(Children::awaitDeath);
        } finally {
            maven.destroyForcibly();
        }
    }

    /** The workers of the scenario, once it runs. */
    private List<ProcessHandle> awaitWorkers(Process maven, Path cgroup) throws IOException {
        long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (System.nanoTime() < deadline) {
            assertThat(maven.isAlive())
                    .as(() -> "the goal runs on; it printed " + read(temp.resolve("log")))
                    .isTrue();
            if (Files.isDirectory(cgroup)) {
                List<ProcessHandle> workers = new ArrayList<>();
                for (Path procs : regular(cgroup)) {
                    if (procs.endsWith("cgroup.procs") && !procs.getParent().equals(cgroup)) {
                        read(procs)
                                .lines()
                                .map(Long::parseLong)
                                .flatMap(pid -> ProcessHandle.of(pid).stream())
                                .forEach(workers::add);
                    }
                }
                if (!workers.isEmpty()) {
                    return workers;
                }
            }
            LockSupport.parkNanos(10_000_000);
        }
        throw new AssertionError("no worker in " + cgroup + "; the goal printed " + read(temp.resolve("log")));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    void aUserWithoutPrivilegeIsToldWhatToDoAndRunsWhatItMayInADelegatedCgroup() throws Exception {
        CgroupMount mount = mount();
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "SKIPPED: no setpriv");
        assumeTrue("root".equals(System.getProperty("user.name")), "SKIPPED: this user is without privilege already");
        Path cache = Files.createDirectory(temp.resolve("cache"));
        List<Path> readable = new ArrayList<>();
        for (Path entry : classPath()) { // it may lie in root's home
            Path copy = temp.resolve("cp-" + readable.size() + (Files.isDirectory(entry) ? "" : ".jar"));
            command("cp", "-r", entry.toString(), copy.toString());
            readable.add(copy);
        }
        command("chmod", "-R", "a+rX", temp.toString());
        command("chown", "65534:65534", cache.toString());
        assertThat(unprivileged("", readable, cache, ""))
                .contains("Cannot make cgroups in ")
                .contains("run as root, or let systemd delegate a cgroup");
        Path delegated = mount.mount().resolve("ktstr-it-delegated");
        Path owner = delegated.resolve("owner");
        Path runs = delegated.resolve("runs");
        try {
            Files.createDirectories(owner);
            Files.createDirectories(runs);
            command("chown", "-R", "65534:65534", delegated.toString());
            assertThat(unprivileged("echo $$ > " + owner + "/cgroup.procs;", readable, cache, runs.toString()))
                    .containsPattern("BARE (PASS|FAIL|INCONCLUSIVE) basic/steady ")
                    .contains("BARE SKIP stress/nice", "needs CAP_SYS_NICE", "Hint: run as root")
                    .contains("BARE end");
            assertThat(runs).isDirectoryNotContaining("glob:**/ktstr-*");
        } finally {
            for (Path folder : List.of(owner, runs, delegated)) {
                Files.deleteIfExists(folder);
            }
        }
    }

    /** Runs two scenarios as nobody, after something that root does. */
    private static String unprivileged(String before, List<Path> classPath, Path cache, String cgroup)
            throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        Process shell = new ProcessBuilder(List.of(
                        "sh",
                        "-c",
                        before + " exec setpriv --reuid=65534 --regid=65534 --clear-groups " + java + " -cp "
                                + joined(classPath) + " " + BareMetalMain.class.getName() + " run steady,nice* 1 "
                                + cache + " "
                                + cgroup))
                .redirectErrorStream(true)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.UTF_8))) {
            String said = String.join("\n", out.lines().toList());
            assertThat(shell.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return said;
        } finally {
            shell.destroyForcibly();
        }
    }
}
