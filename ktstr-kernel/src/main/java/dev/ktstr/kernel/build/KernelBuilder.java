package dev.ktstr.kernel.build;

import dev.ktstr.kernel.BuildListener;
import dev.ktstr.kernel.CachedKernel;
import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelDiscovery;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.kernel.KernelMaterial;
import dev.ktstr.kernel.build.ConfigReport.Lost;
import dev.ktstr.kernel.internal.Folders;
import dev.ktstr.kernel.internal.ImageFile;
import dev.ktstr.kernel.internal.KeyLock;
import dev.ktstr.kernel.source.KernelSource;
import dev.ktstr.kernel.source.KernelSource.Identity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Builds kernels from sources into the cache.
 *
 * <p>{@code ROOT/builds/PLACE-ARCH} holds one build, under a lock: its objects, its sources unless they are the user's, and a
 * mark while make is at work. A build that finds the mark of another knows that it was killed, and starts from nothing, since
 * make cannot tell a half-written object from a whole one. Builds of local trees stay, so the next one compiles only what has
 * changed; those of downloaded sources are removed.
 */
public final class KernelBuilder {
    private static final Duration OTHER_BUILD = Duration.ofHours(6);
    private static final Duration AT_ONCE = Duration.ofMillis(1);
    private static final String MARK = "make-at-work";
    private static final String LOCAL = "local-";
    private static final String COMPILE_COMMANDS = "compile_commands.json";
    /** Objects of Linux 6.12 from tinyconfig and our fragment; the guess until a build of that configuration was counted. */
    private static final long OBJECTS_TINY = 1538;

    private final KernelCache cache;
    private final BuildListener listener;
    private final Tools.Prober prober;

    /** A builder with this machine's programs. */
    public KernelBuilder(KernelCache cache, BuildListener listener) {
        this(cache, listener, Tools.Prober.ofMachine());
    }

    KernelBuilder(KernelCache cache, BuildListener listener, Tools.Prober prober) {
        this.cache = cache;
        this.listener = listener;
        this.prober = prober;
    }

    /**
     * Builds a kernel, unless it is in the cache.
     *
     * @throws KernelException when it cannot be built; the cache is unchanged
     */
    public BuiltKernel build(KernelSource source, BuildOptions options) {
        Identity identity = source.identify();
        Path builds = Folders.make(root().resolve("builds"));
        sweep(builds);
        String place = identity.place() + "-" + options.kconfig().architecture().label() + "-kc"
                + options.kconfig().hash();
        AtomicReference<BuiltKernel> built = new AtomicReference<>();
        KeyLock.whileHeld(
                builds.resolve("locks"),
                place,
                OTHER_BUILD,
                () -> built.set(new Job(builds.resolve(place), source, identity, options).run()),
                holder -> listener.step("waiting for " + holder + ", which builds the same"));
        return Objects.requireNonNull(built.get());
    }

    /** The key of a build's cache entry: {@code 6.14.2-tarball-x86_64-kc0123abcd}. */
    public static String key(Identity identity, Kconfig kconfig) {
        return identity.stem() + "-" + kconfig.architecture().label() + "-kc" + kconfig.hash();
    }

    /** What was built is there, and must not be cached. */
    private static final class NotToBeCached extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotToBeCached(String why) {
            super(why);
        }
    }

    /** One build, by the holder of its place's lock. */
    private final class Job {
        private final Path place;
        private final KernelSource source;
        private final Identity identity;
        private final BuildOptions options;
        private final Path objects;
        private final Path log;
        private boolean fresh;

        Job(Path place, KernelSource source, Identity identity, BuildOptions options) {
            this.place = place;
            this.source = source;
            this.identity = identity;
            this.options = options;
            this.objects = place.resolve("obj");
            this.log = root().resolve("logs").resolve(place.getFileName() + ".log");
        }

        BuiltKernel run() {
            try {
                if (!isBootable()) {
                    return notCached(
                            make(),
                            "kernels of " + options.kconfig().architecture().label() + " cannot be booted here yet");
                }
                return identity.dirty() == null ? intoCache() : notCached(make(), identity.dirty());
            } finally {
                // The user's trees are built again and again, each time only what has changed; others once.
                Folders.remove(isKept(place) ? place.resolve("src") : place);
            }
        }

        private BuiltKernel intoCache() {
            String key = key(identity, options.kconfig());
            try {
                CachedKernel kernel = cache.obtain(key, work -> unchanged(make()), listener::step, options.force());
                listener.step("kernel " + key + (fresh ? " is built and cached" : " is already in the cache"));
                return new BuiltKernel(kernel.image(), key, true, fresh, fresh ? log : null);
            } catch (NotToBeCached e) {
                return notCached(material(), e.getMessage());
            }
        }

        private BuiltKernel notCached(KernelMaterial made, String why) {
            listener.warn("not cached, because " + why);
            KernelImage image = isBootable()
                    ? new KernelDiscovery(cache, objects, Path.of("/"), null, null, "").find(objects + "/")
                    : null;
            listener.step("built " + made.image());
            return new BuiltKernel(image, objects.toString(), false, true, log);
        }

        /** What was compiled while the sources changed may be neither the old nor the new. */
        private KernelMaterial unchanged(KernelMaterial made) {
            Identity after = isLocal() ? source.identify() : identity;
            if (after.stem().equals(identity.stem()) && after.dirty() == null) {
                return made;
            }
            throw new NotToBeCached(
                    "the tree changed while it was built" + (after.dirty() == null ? "" : ": " + after.dirty()));
        }

        /** What the cache takes: an entry is for a guest, and guests are of x86_64. */
        private boolean isBootable() {
            return options.kconfig().architecture() == Architecture.X86_64;
        }

        private boolean isLocal() {
            return identity.place().startsWith(LOCAL);
        }

        private KernelMaterial make() {
            Tools tools = new Tools(options, prober);
            tools.check();
            Folders.make(place);
            Path mark = place.resolve(MARK);
            if (Files.exists(mark)) {
                listener.step("an earlier build was killed half-way: starting from nothing");
            }
            if (options.clean() || Files.exists(mark)) {
                Folders.remove(place);
                Folders.make(place);
            }
            Path tree = source.obtain(identity, place, listener);
            tools.checkPahole(tree, identity.version());
            Folders.make(objects);
            freshLog(log);
            Make make = new Make(
                    tree, objects, log, options.makeArguments(), "Linux " + identity.version(), options.limit());
            write(mark, "");
            try {
                run(make);
            } finally {
                if (!make.wasKilled()) {
                    delete(mark); // make ended by itself, and has removed what it had half written
                }
            }
            fresh = true;
            return material();
        }

        private void run(Make make) {
            boolean goingOn =
                    Files.exists(objects.resolve(".config")); // of an earlier build, whole or stopped half-way
            configure(make, make.tree(), objects, options.kconfig());
            compile(make, goingOn, options);
            if (options.compileCommands() && isLocal()) {
                compileCommands(make, objects);
            }
        }

        private void compileCommands(Make make, Path objects) {
            make.quick(COMPILE_COMMANDS);
            listener.step("wrote " + source.take(objects.resolve(COMPILE_COMMANDS)));
        }

        private KernelMaterial material() {
            Path image = objects.resolve(options.kconfig().architecture().imagePath());
            Path vmlinux = objects.resolve("vmlinux");
            for (Path product : List.of(image, vmlinux)) {
                if (!Files.isRegularFile(product)) {
                    throw new KernelException("make succeeded, and there is no " + product + "; see " + log);
                }
            }
            return new KernelMaterial(
                    image,
                    vmlinux,
                    objects.resolve(".config"),
                    identity.origin(),
                    identity.source(),
                    identity.commit());
        }
    }

    /** Logs stay when builds go; the last one of each place. */
    private static void freshLog(Path log) {
        Folders.make(log.getParent());
        write(log, "");
    }

    private void configure(Make make, Path tree, Path objects, Kconfig kconfig) {
        listener.step("configuring: " + kconfig.base().target() + " and "
                + kconfig.options().size() + " options");
        Path config = objects.resolve(".config");
        make.quick(kconfig.base().target());
        try {
            Files.writeString(
                    config,
                    kconfig.over(Files.readString(config, StandardCharsets.ISO_8859_1)),
                    StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw ImageFile.failed("write", config, e);
        }
        make.quick("olddefconfig");
        ConfigReport report =
                ConfigReport.of(kconfig, Kconfig.read(config), KconfigTree.read(tree, kconfig.architecture()));
        List<String> refused = report.refused().stream().map(Lost::line).toList();
        if (!refused.isEmpty()) {
            throw new KernelException(
                    "this kernel cannot be configured as asked for:\n  " + String.join("\n  ", refused)
                            + "\nTake them out of the file of -Dktstr.kconfig.extra, or set what they need there");
        }
        report.warnings().forEach(lost -> listener.warn(lost.line()));
    }

    /**
     * @param goingOn whether there are objects of an earlier build; how many are left to compile is not known then, and how
     *     many were compiled is not how many there are
     */
    private void compile(Make make, boolean goingOn, BuildOptions options) {
        Kconfig kconfig = options.kconfig();
        Path count = root().resolve("builds")
                .resolve("objects-" + kconfig.architecture().label() + "-kc" + kconfig.hash());
        listener.step((goingOn ? "compiling what has changed" : "compiling") + " with "
                + options.compiler().cc() + ", " + options.jobs() + (options.jobs() == 1 ? " job" : " jobs"));
        long expected = goingOn ? 0 : expected(count, kconfig);
        long compiled = make.compile(List.of(kconfig.architecture().target()), options.jobs(), expected, listener);
        if (!goingOn) {
            write(count, Long.toString(compiled));
        }
    }

    private static long expected(Path count, Kconfig kconfig) {
        try {
            if (Files.exists(count)) {
                String text = Files.readString(count).strip();
                return text.matches("\\d{1,9}") ? Long.parseLong(text) : 0;
            }
        } catch (IOException e) {
            throw ImageFile.failed("read", count, e);
        }
        return kconfig.base() == Kconfig.Base.TINYCONFIG ? OBJECTS_TINY : 0;
    }

    /** Removes builds of downloaded sources that a killed process left; what is locked is at work. */
    private void sweep(Path builds) {
        for (Path place : Folders.list(builds)) {
            String name = place.getFileName().toString();
            if (Files.isDirectory(place) && !name.equals("locks") && !isKept(place)) {
                try {
                    KeyLock.whileHeld(builds.resolve("locks"), name, AT_ONCE, () -> Folders.remove(place));
                } catch (KernelException e) {
                    listener.step("another process builds in " + place);
                }
            }
        }
    }

    /** Whether a build stays: those of local trees do, and those that exist nowhere else. */
    private static boolean isKept(Path place) {
        String name = place.getFileName().toString();
        return name.startsWith(LOCAL) || name.contains("-" + Architecture.AARCH64.label() + "-kc");
    }

    private Path root() {
        return Objects.requireNonNull(cache.folder().getParent());
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw ImageFile.failed("write", file, e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw ImageFile.failed("remove", file, e);
        }
    }
}
