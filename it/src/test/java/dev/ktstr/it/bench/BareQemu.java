package dev.ktstr.it.bench;

import dev.ktstr.guest.CpioWriter;
import dev.ktstr.kernel.KernelImage;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The rival: QEMU as one would start it by hand, booting the same kernel image to a static init that prints a line. */
final class BareQemu {
    private final Path initramfs;
    private final Path kernel;

    BareQemu(KernelImage image, Path scratch, Path source) throws IOException, InterruptedException {
        Path init = scratch.resolve("rival-init");
        run(List.of("gcc", "-O2", "-static", "-o", init.toString(), source.toString()));
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        CpioWriter cpio = new CpioWriter(archive);
        cpio.directory("dev", 0755);
        cpio.characterDevice("dev/console", 0600, 5, 1);
        cpio.file("init", 0755, Files.readAllBytes(init));
        cpio.finish();
        this.initramfs = Files.write(scratch.resolve("rival.cpio"), archive.toByteArray());
        this.kernel = image.image();
    }

    /** Milliseconds from the start of the process to the line. */
    double bootMillis(int cpus) throws IOException, InterruptedException {
        long from = System.nanoTime();
        Process qemu = new ProcessBuilder(
                        "qemu-system-x86_64",
                        "-accel",
                        "tcg",
                        "-cpu",
                        "max",
                        "-smp",
                        Integer.toString(cpus),
                        "-m",
                        "2048",
                        "-nographic",
                        "-no-reboot",
                        "-kernel",
                        kernel.toString(),
                        "-initrd",
                        initramfs.toString(),
                        "-append",
                        "console=ttyS0 quiet")
                .redirectErrorStream(true)
                .start();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(qemu.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.contains("rival-hello")) {
                    return (System.nanoTime() - from) / 1e6;
                }
            }
            throw new IOException("bare QEMU ended without the line");
        } finally {
            qemu.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("failed: " + String.join(" ", command));
        }
    }
}
