package dev.ktstr.it.bench;

import dev.ktstr.it.Lab;
import dev.ktstr.it.LabImage;
import dev.ktstr.kernel.KernelDiscovery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Our machine beside QEMU's {@code microvm}, both on the nested lab's KVM, in one run: boot to the agent's first byte, with
 * the same kernel, the same initramfs and the same command line; and how long a freeze of eight vCPUs takes. Prints a table.
 *
 * <p>All of it is emulated, so the milliseconds are those of no real machine: what counts is one beside the other.
 */
public final class LabBench {
    private static final long LIMIT_S = 900;
    private static final String QEMU = "/usr/bin/qemu-system-x86_64";
    private static final List<String> FIRMWARE = List.of("/usr/share/qemu/qboot.rom");

    private LabBench() {}

    /** Runs. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Lab lab = new Lab(Files.createDirectories(Path.of("target/lab-bench").toAbsolutePath()));
        LabImage image = lab.image()
                .kernels(List.of(KernelDiscovery.standard().find(null).image().getParent()))
                .program(Path.of(QEMU), QEMU.substring(1));
        for (String file : FIRMWARE) {
            image.tree(Path.of(file), file.substring(1));
        }
        Path console = lab.run(image.write(LabBenchGuest.class.getName(), List.of(args)), LIMIT_S);
        List<String> lines = Files.readString(console, StandardCharsets.ISO_8859_1)
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("LAB "))
                .toList();
        lines.forEach(line -> System.out.println(line.replaceFirst("^LAB ROW ", "")));
        if (!lines.contains("LAB END")) {
            throw new IOException("the lab did not come to its end; see " + console);
        }
    }
}
