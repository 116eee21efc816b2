package dev.ktstr.run;

import dev.ktstr.guest.BootImage;
import dev.ktstr.guest.ElfClosure;
import dev.ktstr.guest.ElfException;
import dev.ktstr.guest.GuestFile;
import dev.ktstr.kernel.KernelCache;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Gathers on the host what a variant needs in its guest. */
final class Prepare {
    private static final int EXECUTABLE = 0755;
    private static final int READABLE = 0644;
    private static final Path SHELL = Path.of("/bin/sh");

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
     * @param files the scheduler, its libraries and its configuration; empty without one
     * @param schedulerArgv how the scheduler is called in the guest, empty where it is no process
     * @param shell a shell in the guest, empty where none is needed
     */
    record Prepared(Path bootImage, List<GuestFile> files, List<String> schedulerArgv, String shell) {}

    /** @throws RunException when the scheduler, or a library of it, is missing or cannot run in the guest */
    Prepared gather(Variant variant) {
        Path image = BootImage.cached(KernelCache.root(System.getenv()).resolve("boot"));
        if (variant.scheduler().isEmpty()) {
            return new Prepared(image, List.of(), List.of(), "");
        }
        SchedulerEntry scheduler = variant.scheduler().get();
        List<GuestFile> files = new ArrayList<>();
        if (!scheduler.isProcess()) {
            return new Prepared(image, files, List.of(), pack(SHELL, files));
        }
        List<String> argv = new ArrayList<>();
        argv.add(pack(SchedulerBinary.find(scheduler, options, baseDir), files));
        argv.addAll(variant.schedulerArgs());
        files.addAll(configuration(scheduler, variant.test()));
        return new Prepared(image, files, argv, "");
    }

    /** Adds a program with its libraries; answers its path in the guest. */
    private static String pack(Path program, List<GuestFile> files) {
        try {
            List<ElfClosure.Entry> closure = ElfClosure.of(program, List.of());
            closure.forEach(entry -> files.add(GuestFile.of(entry.guestPath(), EXECUTABLE, entry.hostPath())));
            return closure.get(0).guestPath();
        } catch (ElfException e) {
            throw RunException.setup("prepare", e);
        }
    }

    private List<GuestFile> configuration(SchedulerEntry scheduler, TestEntry test) {
        List<GuestFile> files = new ArrayList<>();
        scheduler.configFile().ifPresent(name -> {
            Path file = baseDir.resolve(name);
            if (!Files.isReadable(file) || Files.isDirectory(file)) {
                throw RunException.setup(
                        "prepare",
                        "scheduler '" + scheduler.name() + "': configFile " + file.toAbsolutePath()
                                + " is no file that can be read. Hint: paths start from the module's folder.");
            }
            files.add(GuestFile.of(SchedulerArgs.guestPath(name), READABLE, file));
        });
        SchedulerArgs.guestPathOfConfig(scheduler)
                .ifPresent(path -> test.config()
                        .ifPresent(text ->
                                files.add(GuestFile.of(path, READABLE, text.getBytes(StandardCharsets.UTF_8)))));
        return files;
    }
}
