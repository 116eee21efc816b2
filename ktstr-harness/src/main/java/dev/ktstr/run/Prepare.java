package dev.ktstr.run;

import dev.ktstr.guest.BootImage;
import dev.ktstr.guest.ElfClosure;
import dev.ktstr.guest.ElfException;
import dev.ktstr.guest.GuestFile;
import dev.ktstr.kernel.KernelCache;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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
        Path image = BootImage.cached(KernelCache.root(System.getenv()).resolve("boot"));
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
}
