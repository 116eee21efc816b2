package dev.ktstr.it;

import dev.ktstr.guest.CpioWriter;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The archive that the lab's Linux boots from: a JRE, this process's class path, programs with their libraries, kernels. */
public final class LabImage {
    /** Where what runs there has its working directory. */
    static final String WORK = "lab/work";

    private static final Pattern LIBRARY = Pattern.compile("(?:=> )?(/\\S+) \\(0x");
    private static final Pattern NOT_NEEDED = Pattern.compile(".*/(archunit|maven|plexus|sisu|guice)[^/]*\\.jar");
    private static final String JDK_MODULES =
            "java.base,java.logging,java.management,java.naming,java.xml,jdk.management,jdk.unsupported";
    /** Loaded by name only, by JNA's and other native parts. */
    private static final List<String> LOADED_LATER = List.of("libdl.so.2", "libpthread.so.0", "librt.so.1");

    private final Path work;
    private final CpioWriter archive;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 << 20);
    private final Set<String> folders = new TreeSet<>();
    private final Set<String> files = new TreeSet<>();
    private final List<String> classPath = new ArrayList<>();
    private final List<String> properties = new ArrayList<>();
    private final Path jre;

    /** Begins one, with the JRE and the class path in it. */
    public LabImage(Path work) throws IOException, InterruptedException {
        this.work = work;
        this.archive = new CpioWriter(bytes);
        // Another JDK makes another one, and so do other modules.
        String version = System.getProperty("java.vm.version") + "-" + Integer.toHexString(JDK_MODULES.hashCode());
        this.jre = work.resolve("jre-" + version.replaceAll("[^\\w.]+", "-"));
        jre();
        classPath();
        for (String library : LOADED_LATER) {
            Path file = Path.of("/lib/x86_64-linux-gnu", library);
            if (Files.exists(file)) {
                file(file.toString().substring(1), Files.readAllBytes(file), 0644);
            }
        }
    }

    /** Adds the modules that give the lab's Linux its KVM. */
    LabImage modules(Path kernelTree) throws IOException {
        int order = 0;
        for (String module : List.of("irqbypass", "kvm", "kvm-amd")) {
            Path ko = Lab.first(kernelTree, module + "\\.ko.*");
            file("lab/modules/" + order++ + "-" + ko.getFileName(), Files.readAllBytes(ko), 0644);
        }
        return this;
    }

    /** Adds entries of the kernel cache, for the lab's own cache. */
    public LabImage kernels(List<Path> entries) throws IOException {
        for (Path entry : entries) {
            tree(entry, "lab/home/.cache/ktstr/kernels/" + entry.getFileName());
        }
        return this;
    }

    /** Adds a program and the libraries it is linked with. */
    public LabImage program(Path program, String there) throws IOException, InterruptedException {
        libraries(program);
        file(there, Files.readAllBytes(program), 0755);
        return this;
    }

    /** Adds a file, or a folder with all that is in it. */
    public LabImage tree(Path from, String there) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.sorted().toList()) {
                String to = there + (path.equals(from) ? "" : "/" + from.relativize(path));
                if (Files.isDirectory(path)) {
                    folder(to);
                } else {
                    file(to, Files.readAllBytes(path), Files.isExecutable(path) ? 0755 : 0644);
                }
            }
        }
        return this;
    }

    /** Sets a system property of what runs there. */
    LabImage property(String name, String value) {
        properties.add("-D" + name + "=" + value);
        return this;
    }

    /** Adds a folder of classes, in the lab's class path. */
    public LabImage classes(Path from, String there) throws IOException {
        classPath.add("/" + there);
        return tree(from, there);
    }

    /** What the lab runs: a class's {@code main}. Writes the archive and returns it. */
    public Path write(String main, List<String> arguments) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(
                List.of("/lab/jre/bin/java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx512m"));
        words.addAll(properties);
        words.addAll(List.of("-cp", String.join(":", classPath), main));
        words.addAll(arguments);
        file("lab/command", (String.join("\n", words) + "\n").getBytes(StandardCharsets.UTF_8), 0644);
        folder(WORK);
        archive.characterDevice("dev/console", 0600, 5, 1);
        Path init = work.resolve("lab-init");
        Lab.command(work, "gcc", "-O1", "-static", "-Wall", "-o", init.toString(), Tools.source("lab-init.c"));
        file("init", Files.readAllBytes(init), 0755);
        archive.finish();
        Path image = work.resolve("lab.cpio");
        try (OutputStream out = Files.newOutputStream(image)) {
            bytes.writeTo(out);
        }
        return image;
    }

    private void jre() throws IOException, InterruptedException {
        if (!Files.isDirectory(jre)) {
            Path aside = Files.createTempDirectory(work, "jlink").resolve("jre");
            jlink(aside);
            // Without the archive of loaded classes the JVM starts in thrice the time.
            Lab.command(work, aside.resolve("bin/java").toString(), "-Xshare:dump");
            Files.move(aside, jre);
            Files.delete(aside.getParent());
        }
        libraries(jre.resolve("bin/java"));
        libraries(jre.resolve("lib/server/libjvm.so"));
        tree(jre, "lab/jre");
    }

    private void jlink(Path to) throws IOException, InterruptedException {
        Path jlink = Path.of(System.getProperty("java.home"), "bin", "jlink");
        try {
            Lab.command(
                    work,
                    jlink.toString(),
                    "--add-modules",
                    JDK_MODULES,
                    "--strip-debug",
                    "--no-man-pages",
                    "--no-header-files",
                    "--output",
                    to.toString());
        } catch (IOException e) {
            throw new IOException(
                    "the lab's JRE cannot be made; it takes a JDK with its modules, on Debian openjdk-17-jdk-headless: "
                            + e.getMessage(),
                    e);
        }
    }

    private void libraries(Path program) throws IOException, InterruptedException {
        Matcher m = LIBRARY.matcher(linkedWith(program));
        while (m.find()) {
            Path library = Path.of(m.group(1));
            if (!library.startsWith(jre)) {
                file(library.toString().substring(1), Files.readAllBytes(library), 0755);
            }
        }
    }

    /** What ldd says; it fails for a program that is linked statically. */
    private String linkedWith(Path program) throws IOException, InterruptedException {
        try {
            return Lab.command(work, "ldd", program.toString());
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).contains("not a dynamic executable")) {
                return "";
            }
            throw e;
        }
    }

    private void classPath() throws IOException {
        int n = 0;
        for (Path path : ownClassPath()) {
            String entry = path.toString();
            if (NOT_NEEDED.matcher(entry).matches() || !Files.exists(path)) {
                continue;
            }
            String there = "lab/cp/" + n++ + (Files.isDirectory(path) ? "" : ".jar");
            tree(path, there);
            classPath.add("/" + there);
        }
    }

    /** This JVM's, or where Maven's exec:java has loaded this class, that loader's. */
    private static List<Path> ownClassPath() {
        if (LabImage.class.getClassLoader() instanceof URLClassLoader loader) {
            return Arrays.stream(loader.getURLs())
                    .map(url -> Path.of(URI.create(url.toString())))
                    .toList();
        }
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(Path::of)
                .toList();
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
}
