package dev.ktstr.it;

import dev.ktstr.guest.CpioWriter;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
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
final class Lab {
    private static final String META_PACKAGE = "linux-image-cloud-amd64";
    private static final Pattern DEPENDS = Pattern.compile("\\s*Depends: (linux-image-\\S+)");
    private static final Pattern LIBRARY = Pattern.compile("(?:=> )?(/\\S+) \\(0x");
    private static final Pattern NOT_NEEDED = Pattern.compile(".*/(archunit|maven|plexus|sisu|guice)[^/]*\\.jar");
    private static final String JDK_MODULES =
            "java.base,java.logging,java.management,java.naming,java.xml,jdk.unsupported";
    private static final long COMMAND_TIMEOUT_S = 300;

    private final Path work;
    private final CpioWriter archive;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 << 20);
    private final Set<String> folders = new TreeSet<>();
    private final Set<String> files = new TreeSet<>();

    Lab(Path work) {
        this.work = work;
        this.archive = new CpioWriter(bytes);
    }

    /** The lab's kernel and modules, from the distribution's archive. */
    static Path kernelTree(Path cache) throws IOException, InterruptedException {
        Matcher m = DEPENDS.matcher(command(Path.of("."), "apt-cache", "depends", META_PACKAGE));
        if (!m.find()) {
            throw new IOException("the package lists have no " + META_PACKAGE + "; run apt-get update, on Debian");
        }
        Path tree = cache.resolve(m.group(1));
        if (Files.isDirectory(tree)) {
            return tree;
        }
        Files.createDirectories(cache);
        Path aside = Files.createTempDirectory(cache, "fetch");
        command(aside, "apt-get", "-o", "APT::Sandbox::User=root", "download", m.group(1));
        try (Stream<Path> packages = Files.list(aside)) {
            for (Path p : packages.filter(f -> f.toString().endsWith(".deb")).toList()) {
                command(aside, "dpkg-deb", "-x", p.toString(), aside.toString());
                Files.delete(p);
            }
        }
        Files.move(aside, tree);
        return tree;
    }

    /** The image to boot. */
    static Path kernel(Path tree) throws IOException {
        return first(tree, "vmlinuz-.*");
    }

    /** Puts everything into an archive and writes it. */
    Path build(Path tree, List<Path> kernelEntries, Path scheduler, Path vmModule, List<String> command)
            throws Exception {
        jre();
        for (Path library : libraries(scheduler)) {
            file(library.toString().substring(1), Files.readAllBytes(library), 0755);
        }
        file("lab/scx/scx-ktstr", Files.readAllBytes(scheduler), 0755);
        int order = 0;
        for (String module : List.of("irqbypass", "kvm", "kvm-amd")) {
            Path ko = first(tree, module + "\\.ko.*");
            file("lab/modules/" + order++ + "-" + ko.getFileName(), Files.readAllBytes(ko), 0644);
        }
        for (Path entry : kernelEntries) {
            copyTree(entry, "lab/home/.cache/ktstr/kernels/" + entry.getFileName());
        }
        file("lab/vm/target/micro.elf", Files.readAllBytes(vmModule.resolve("target/micro.elf")), 0644);
        copyTree(vmModule.resolve("target/test-classes"), "lab/vm-tests");
        List<String> classPath = classPath();
        List<String> words = new ArrayList<>(List.of(
                "/lab/jre/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-Dktstr.backend=kvm",
                "-Dktstr.scheduler.path=/lab/scx",
                "-Dktstr.boot.timeout=240",
                "-Dktstr.attach.timeout=120",
                "-Dbasedir=/lab/vm",
                "-cp",
                String.join(":", classPath)));
        words.addAll(command);
        file("lab/command", (String.join("\n", words) + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8), 0644);
        folder("lab/work");
        archive.characterDevice("dev/console", 0600, 5, 1);
        Path init = work.resolve("lab-init");
        command(Path.of("."), "gcc", "-O1", "-static", "-Wall", "-o", init.toString(), "src/test/c/lab-init.c");
        file("init", Files.readAllBytes(init), 0755);
        archive.finish();
        Path image = work.resolve("lab.cpio");
        try (var out = Files.newOutputStream(image)) {
            bytes.writeTo(out);
        }
        return image;
    }

    private void jre() throws Exception {
        Path jre = work.resolve("jre");
        Path jdk = Path.of(System.getProperty("java.home"));
        if (!Files.isDirectory(jre)) {
            command(
                    work,
                    jdk.resolve("bin/jlink").toString(),
                    "--add-modules",
                    JDK_MODULES,
                    "--strip-debug",
                    "--no-man-pages",
                    "--no-header-files",
                    "--output",
                    jre.toString());
            // Without the archive of loaded classes the JVM starts in thrice the time.
            command(work, jre.resolve("bin/java").toString(), "-Xshare:dump");
        }
        copyTree(jre, "lab/jre");
    }

    private Set<Path> libraries(Path scheduler) throws IOException, InterruptedException {
        Set<Path> found = new TreeSet<>();
        Path jre = work.resolve("jre");
        for (Path of : List.of(jre.resolve("bin/java"), jre.resolve("lib/server/libjvm.so"), scheduler)) {
            Matcher m = LIBRARY.matcher(command(work, "ldd", of.toString()));
            while (m.find()) {
                Path library = Path.of(m.group(1));
                if (!library.startsWith(jre)) {
                    found.add(library);
                }
            }
        }
        // Loaded by name only, by JNA's and other native parts.
        for (String more : List.of("libdl.so.2", "libpthread.so.0", "librt.so.1")) {
            Path library = Path.of("/lib/x86_64-linux-gnu", more);
            if (Files.exists(library)) {
                found.add(library);
            }
        }
        return found;
    }

    /** This process's class path, copied into the lab. */
    private List<String> classPath() throws IOException {
        List<String> entries = new ArrayList<>();
        int n = 0;
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path path = Path.of(entry);
            if (NOT_NEEDED.matcher(entry).matches() || !Files.exists(path)) {
                continue;
            }
            String there = "lab/cp/" + n++ + (Files.isDirectory(path) ? "" : ".jar");
            if (Files.isDirectory(path)) {
                copyTree(path, there);
            } else {
                file(there, Files.readAllBytes(path), 0644);
            }
            entries.add("/" + there);
        }
        entries.add("/lab/vm-tests");
        return entries;
    }

    private void copyTree(Path from, String to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.sorted().toList()) {
                String there = to + (path.equals(from) ? "" : "/" + from.relativize(path));
                if (Files.isDirectory(path)) {
                    folder(there);
                } else {
                    file(there, Files.readAllBytes(path), Files.isExecutable(path) ? 0755 : 0644);
                }
            }
        }
    }

    private void file(String path, byte[] content, int mode) {
        if (files.add(path)) {
            folder(path.substring(0, Math.max(0, path.lastIndexOf('/'))));
            archive.file(path, mode, content);
        }
    }

    private void folder(String path) {
        if (path.isEmpty() || !folders.add(path)) {
            return;
        }
        folder(path.substring(0, Math.max(0, path.lastIndexOf('/'))));
        archive.directory(path, 0755);
    }

    private static Path first(Path tree, String name) throws IOException {
        try (Stream<Path> all = Files.walk(tree)) {
            return all.filter(p ->
                            Files.isRegularFile(p) && p.getFileName().toString().matches(name))
                    .findFirst()
                    .orElseThrow(() -> new IOException(tree + " has no file like " + name));
        }
    }

    /** Boots it and waits for its end; the child is gone afterwards, however this ends. */
    static void run(Path kernel, Path image, Path console, long limitS) throws IOException, InterruptedException {
        Process qemu = new ProcessBuilder(List.of(
                        "qemu-system-x86_64",
                        "-accel",
                        "tcg,thread=multi",
                        "-cpu",
                        "EPYC,+svm,+npt",
                        "-smp",
                        "2",
                        "-m",
                        "7680",
                        "-nodefaults",
                        "-no-user-config",
                        "-no-reboot",
                        "-display",
                        "none",
                        "-kernel",
                        kernel.toString(),
                        "-initrd",
                        image.toString(),
                        "-append",
                        "console=ttyS0 panic=-1 loglevel=4 mitigations=off tsc=reliable no_timer_check"
                                + " random.trust_cpu=on",
                        "-serial",
                        "file:" + console))
                .redirectErrorStream(true)
                .redirectOutput(console.resolveSibling("qemu.log").toFile())
                .start();
        try {
            qemu.waitFor(limitS, TimeUnit.SECONDS);
        } finally {
            qemu.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
        }
    }

    private static String command(Path folder, String... words) throws IOException, InterruptedException {
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
