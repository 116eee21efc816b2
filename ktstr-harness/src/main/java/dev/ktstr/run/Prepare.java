package dev.ktstr.run;

import dev.ktstr.guest.BootImage;
import dev.ktstr.guest.ElfClosure;
import dev.ktstr.guest.ElfException;
import dev.ktstr.guest.GuestFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Gathers on the host what a variant needs in its guest. */
final class Prepare {
    private static final int EXECUTABLE = 0755;

    private final Options options;
    private final Path baseDir;

    Prepare(Options options, Path baseDir) {
        this.options = options;
        this.baseDir = baseDir;
    }

    /**
     * What was gathered.
     *
     * @param bootImage the initramfs
     * @param files the scheduler and its libraries, empty without one
     * @param schedulerArgv how the scheduler is called in the guest, empty without one
     */
    record Prepared(Path bootImage, List<GuestFile> files, List<String> schedulerArgv) {}

    /** @throws RunException when the scheduler, or a library of it, is missing or cannot run in the guest */
    Prepared gather(Variant variant) {
        Path image = BootImage.cached(cacheDir());
        if (variant.scheduler().isEmpty()) {
            return new Prepared(image, List.of(), List.of());
        }
        Path binary = SchedulerBinary.find(variant.scheduler().get(), options, baseDir);
        List<GuestFile> files = new ArrayList<>();
        List<String> argv = new ArrayList<>();
        try {
            for (ElfClosure.Entry entry : ElfClosure.of(binary, List.of())) {
                files.add(GuestFile.of(entry.guestPath(), EXECUTABLE, entry.hostPath()));
                if (argv.isEmpty()) {
                    argv.add(entry.guestPath());
                }
            }
        } catch (ElfException e) {
            throw RunException.setup("prepare", e);
        }
        argv.addAll(variant.schedulerArgs());
        return new Prepared(image, files, argv);
    }

    private Path cacheDir() {
        Optional<String> own = Optional.ofNullable(options.environment().get("KTSTR_CACHE_DIR"));
        Optional<String> xdg = Optional.ofNullable(options.environment().get("XDG_CACHE_HOME"));
        return own.filter(s -> !s.isBlank())
                .map(Path::of)
                .or(() -> xdg.filter(s -> !s.isBlank()).map(dir -> Path.of(dir, "ktstr")))
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache", "ktstr"))
                .resolve("boot");
    }
}
