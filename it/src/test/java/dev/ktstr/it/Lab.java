package dev.ktstr.it;

import dev.ktstr.kernel.KernelCache;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Linux with {@code kvm-amd} under QEMU's emulation of AMD's SVM, with a JVM and this module's tests in it: a usable KVM
 * for machines that have none.
 *
 * <p>Its kernel is the distribution's own: the package that {@code linux-image-cloud-amd64} (Debian) depends on, which has
 * the modules, fetched once into the cache. The CPU model is EPYC: {@code max} breaks the inner kernel's XSAVE set-up.
 */
public final class Lab {
    private static final String META_PACKAGE = "linux-image-cloud-amd64";
    private static final Pattern DEPENDS = Pattern.compile("\\s*Depends: (linux-image-\\S+)");
    private static final long COMMAND_TIMEOUT_S = 300;

    /** Many heartbeats of {@link LabMain}, and longer than its boot is silent. */
    private static final Duration STILL = Duration.ofMinutes(2);

    /**
     * Where QEMU emulates SVM it loses interrupts: on VMRUN and #VMEXIT ({@code svm_helper.c}) it changes a CPU's word of pending
     * ones without the lock that other threads, such as the one of its timers, hold to set a bit in it. What is lost stays noted in
     * the local APIC, and comes with the next interrupt. A one-shot timer that is lost has no next one: a CPU whose guest is busy then stood still for
     * minutes or for ever, and whoever waited for that CPU with it. A periodic timer comes again after 4 ms.
     */
    private static final String PERIODIC_TIMER = "highres=off nohz=off";

    /**
     * With two, QEMU's threads break the state of one another's CPU now and then: of fifty guests with four vCPUs or more one ended in a
     * triple fault, and the lab's own Linux took an interrupt at the instruction behind VMRUN, where the global interrupt flag is clear (AMD
     * APM volume 2, 15.17) and the GS base still the guest's, which is the end of it. With one, that was not seen in two hundred boots, and
     * all takes up to twice the time.
     */
    private static final String CPUS = "1";

    /** The word of its init, {@code lab-init.c}. */
    private static final String PROGRAM_ENDED = "LAB STATUS ";

    private final Path work;
    private final Path kernelTree;
    private End end = End.TOO_LATE;

    /** How a run of the lab ended. */
    public enum End {
        /** Its program ended, however it did. */
        IN_ORDER,
        /** Even a thread that does nothing but print was not heard of any more. No program brings a Linux to that; its emulation does. */
        STOOD_STILL,
        /** The machine was gone from one instruction to the next, or its kernel panicked: nothing told of the program's end. */
        GONE,
        /** It was ended, for its time was up. */
        TOO_LATE
    }

    /**
     * A lab that keeps its files in {@code work}. Fetches its kernel when the cache has none.
     */
    public Lab(Path work) throws IOException, InterruptedException {
        this.work = work;
        this.kernelTree = kernelTree(KernelCache.root(System.getenv()).resolve("lab"));
    }

    /** An image for it, to which the caller adds what is to run; guests of the {@code kvm} backend are set up for its emulated SVM. */
    public LabImage image() throws IOException, InterruptedException {
        return new LabImage(work).modules(kernelTree).property("dev.ktstr.vm.kvm.qemuSvm", "true");
    }

    /** The lab's kernel and modules: those of the archive now, or where it cannot be asked, those fetched before. */
    private static Path kernelTree(Path cache) throws IOException, InterruptedException {
        Files.createDirectories(cache);
        try {
            String packageName = packageName();
            Path tree = cache.resolve(packageName);
            return Files.isDirectory(tree) ? tree : fetched(packageName, tree);
        } catch (IOException e) {
            try (Stream<Path> before = Files.list(cache)) {
                Path tree = before.filter(p -> p.getFileName().toString().startsWith("linux-image-"))
                        .max(Comparator.naturalOrder())
                        .orElseThrow(() -> e);
                System.out.println("the lab takes " + tree.getFileName() + ", fetched before: " + e.getMessage());
                return tree;
            }
        }
    }

    private static String packageName() throws IOException, InterruptedException {
        Matcher m = DEPENDS.matcher(command(Path.of("."), "apt-cache", "depends", META_PACKAGE));
        if (!m.find()) {
            throw new IOException("the package lists have no " + META_PACKAGE + "; run apt-get update, on Debian");
        }
        return m.group(1);
    }

    private static Path fetched(String packageName, Path tree) throws IOException, InterruptedException {
        Path aside = Files.createTempDirectory(tree.getParent(), "fetch");
        command(aside, "apt-get", "-o", "APT::Sandbox::User=root", "download", packageName);
        try (Stream<Path> packages = Files.list(aside)) {
            for (Path p : packages.filter(f -> f.toString().endsWith(".deb")).toList()) {
                command(aside, "dpkg-deb", "-x", p.toString(), aside.toString());
                Files.delete(p);
            }
        }
        return Files.move(aside, tree);
    }

    static Path first(Path tree, String name) throws IOException {
        try (Stream<Path> all = Files.walk(tree)) {
            return all.filter(p ->
                            Files.isRegularFile(p) && p.getFileName().toString().matches(name))
                    .findFirst()
                    .orElseThrow(() -> new IOException(tree + " has no file like " + name));
        }
    }

    /**
     * Boots it and waits for its end; the child is gone afterwards, and the image, however this ends.
     *
     * @return what it printed
     */
    public Path run(Path image, long limitS) throws IOException, InterruptedException {
        Path console = work.resolve("console.log");
        Files.deleteIfExists(console);
        end = End.TOO_LATE;
        Process qemu = new ProcessBuilder(command(image, console))
                .redirectErrorStream(true)
                .redirectOutput(work.resolve("qemu.log").toFile())
                .start();
        try {
            await(qemu, console, limitS);
        } finally {
            qemu.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
            Files.delete(image);
        }
        return console;
    }

    /** How the last run ended. */
    public End end() {
        return end;
    }

    private List<String> command(Path image, Path console) throws IOException {
        return List.of(
                "qemu-system-x86_64",
                "-accel",
                System.getProperty("ktstr.lab.accel", "tcg,thread=multi"),
                "-cpu",
                "EPYC,+svm,+npt",
                "-smp",
                System.getProperty("ktstr.lab.cpus", CPUS),
                "-m",
                "7680",
                "-nodefaults",
                "-no-user-config",
                "-no-reboot",
                "-display",
                "none",
                "-kernel",
                first(kernelTree, "vmlinuz-.*").toString(),
                "-initrd",
                image.toString(),
                "-append",
                "console=ttyS0 panic=-1 loglevel=4 mitigations=off tsc=reliable no_timer_check random.trust_cpu=on "
                        + PERIODIC_TIMER,
                "-serial",
                "file:" + console,
                "-monitor",
                "stdio");
    }

    /** Ends early when the lab stands still, with what its CPUs were doing in {@code qemu.log}. */
    private void await(Process qemu, Path console, long limitS) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(limitS);
        long size = -1;
        long grown = System.nanoTime();
        while (!qemu.waitFor(1, TimeUnit.SECONDS) && System.nanoTime() < deadline) {
            long now = Files.exists(console) ? Files.size(console) : 0;
            if (now != size) {
                size = now;
                grown = System.nanoTime();
            } else if (System.nanoTime() - grown > STILL.toNanos()) {
                try (OutputStream monitor = qemu.getOutputStream()) {
                    monitor.write("info registers -a\ninfo lapic\n".getBytes(StandardCharsets.US_ASCII));
                    monitor.flush();
                    qemu.waitFor(5, TimeUnit.SECONDS);
                }
                end = End.STOOD_STILL;
                return;
            }
        }
        if (!qemu.isAlive()) {
            end = Files.readString(console, StandardCharsets.ISO_8859_1).contains(PROGRAM_ENDED)
                    ? End.IN_ORDER
                    : End.GONE;
        }
    }

    /** Runs a program in a folder to its end; gives what it printed, or throws it. */
    public static String command(Path folder, String... words) throws IOException, InterruptedException {
        Path out = Files.createTempFile("ktstr-lab", ".out");
        try {
            Process process = new ProcessBuilder(words)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
            boolean ended = process.waitFor(COMMAND_TIMEOUT_S, TimeUnit.SECONDS);
            process.destroyForcibly();
            String said = Files.readString(out);
            if (!ended || process.exitValue() != 0) {
                throw new IOException(String.join(" ", words)
                        + (ended ? " failed with " + process.exitValue() : " did not end") + ": " + said.strip());
            }
            return said;
        } finally {
            Files.deleteIfExists(out);
        }
    }
}
