package dev.ktstr.run;

import dev.ktstr.guest.BootImage;
import dev.ktstr.guest.GuestFile;
import dev.ktstr.kernel.KernelCache;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Gathers on the host what a variant needs in its guest. */
final class Prepare {
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
     * @param files the scheduler, its libraries and its configuration, and those of the test's payloads
     * @param schedulerArgv how the scheduler is called in the guest, empty where it is no process
     * @param shell a shell in the guest, empty where none is needed
     * @param payloads the payloads of the test; more can be added while it runs
     */
    record Prepared(
            Path bootImage, List<GuestFile> files, List<String> schedulerArgv, String shell, Payloads payloads) {}

    /** @throws RunException when a program, or a library of it, is missing or cannot run in the guest */
    Prepared gather(Variant variant) {
        Path image = BootImage.cached(KernelCache.root(System.getenv()).resolve("boot"));
        GuestFiles files = new GuestFiles();
        List<String> argv = new ArrayList<>();
        String shell = "";
        if (variant.scheduler().isPresent()) {
            SchedulerEntry scheduler = variant.scheduler().get();
            String who = "scheduler '" + scheduler.name() + "'";
            if (scheduler.isProcess()) {
                argv.add(files.program(who, SchedulerBinary.find(scheduler, options, baseDir)));
                argv.addAll(variant.schedulerArgs());
                configuration(who, scheduler, variant.test(), files);
            } else {
                shell = files.program(who, SHELL);
            }
        }
        Payloads payloads = new Payloads(new PayloadFiles(options, baseDir), files);
        variant.test().payloads().all().forEach(payloads::add);
        return new Prepared(image, files.take(), argv, shell, payloads);
    }

    private void configuration(String who, SchedulerEntry scheduler, TestEntry test, GuestFiles files) {
        scheduler.configFile().ifPresent(name -> {
            Path file = baseDir.resolve(name);
            if (!Files.isReadable(file) || Files.isDirectory(file)) {
                throw RunException.setup(
                        "prepare",
                        who + ": configFile " + file.toAbsolutePath()
                                + " is no file that can be read. Hint: paths start from the module's folder.");
            }
            files.add(who, SchedulerArgs.guestPath(name), READABLE, file);
        });
        SchedulerArgs.guestPathOfConfig(scheduler)
                .ifPresent(path -> test.config()
                        .ifPresent(text -> files.add(who, path, READABLE, text.getBytes(StandardCharsets.UTF_8))));
    }
}
