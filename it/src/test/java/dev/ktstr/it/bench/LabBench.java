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
 * With {@code forks} it forks guests, with {@code exits} it runs {@code KvmBench} there, with guests of a few bytes; with other
 * arguments it boots many guests, and tells how many did not come up ({@link LabBenchGuest#main}).
 *
 * <p>All of it is emulated, so the milliseconds are those of no real machine: what counts is one beside the other.
 */
public final class LabBench {
    private static final long LIMIT_S = 1500;
    private static final String QEMU = "/usr/bin/qemu-system-x86_64";
    private static final List<String> FIRMWARE = List.of("/usr/share/qemu/qboot.rom");

    /** Of the module that has the machine; run by its name, for it is not in this module's class path. */
    private static final String EXITS = "dev.ktstr.vm.kvm.KvmBench";

    private LabBench() {}

    /** Runs. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Path work = Files.createDirectories(Path.of("target/lab-bench").toAbsolutePath());
        Lab lab = new Lab(work);
        boolean exits = List.of(args).equals(List.of("exits"));
        Path image = exits ? exits(lab, work) : machines(lab).write(LabBenchGuest.class.getName(), List.of(args));
        Path console = lab.run(image, LIMIT_S);
        List<String> lines = Files.readString(console, StandardCharsets.ISO_8859_1)
                .lines()
                .map(String::strip)
                // Linux begins its own with the time in brackets.
                .filter(line -> exits ? !line.startsWith("[") : line.startsWith("LAB "))
                .toList();
        lines.forEach(line -> System.out.println(line.replaceFirst("^LAB ROW ", "")));
        if (!lines.contains(exits ? "LAB STATUS 0" : "LAB END")) {
            throw new IOException("the lab did not come to its end; see " + console);
        }
    }

    private static LabImage machines(Lab lab) throws IOException, InterruptedException {
        LabImage image = lab.image()
                .kernels(List.of(KernelDiscovery.standard().find(null).image().getParent()))
                .program(Path.of(QEMU), QEMU.substring(1));
        for (String file : FIRMWARE) {
            image.tree(Path.of(file), file.substring(1));
        }
        return image;
    }

    private static Path exits(Lab lab, Path work) throws IOException, InterruptedException {
        Path module = Path.of("ktstr-vm").toAbsolutePath();
        Path rival = work.resolve("rival_exits");
        String source = module.resolve("src/test/c/rival_exits.c").toString();
        Lab.command(
                work, "gcc", "-std=c11", "-D_GNU_SOURCE", "-O2", "-static", "-pthread", "-o", rival.toString(), source);
        return lab.image()
                .classes(module.resolve("target/test-classes"), "lab/vm-tests")
                .program(rival, "lab/rival_exits")
                .write(EXITS, List.of("/lab/rival_exits"));
    }
}
