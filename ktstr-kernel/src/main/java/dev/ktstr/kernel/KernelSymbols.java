package dev.ktstr.kernel;

import dev.ktstr.kernel.internal.Btf;
import dev.ktstr.kernel.internal.Folders;
import dev.ktstr.kernel.internal.ImageFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a running kernel told of itself because its packaged image has it not: symbols, and BTF. Kept in a folder named by
 * the image's digest, so it completes every entry and every file that is this image.
 *
 * <p>{@code kallsyms} has a line {@code ADDRESS TYPE NAME} per symbol of the kernel proper, sorted by name, addresses as 16
 * hex digits without KASLR. What comes from a guest is taken apart and written anew; nothing of it is kept as it came.
 */
final class KernelSymbols {
    private static final int MAX_LINES = 4_000_000;
    private static final int MAX_LINE = 1024;
    private static final int MAX_BTF = 256 << 20;
    /** {@code KSYM_NAME_LEN} is 512 since 6.1. */
    private static final Pattern LINE = Pattern.compile("([0-9a-f]{8,16}) ([A-Za-z?]) ([!-~]{1,512})(\t\\[[!-~]+])?");

    private final Path folder;

    KernelSymbols(Path folder) {
        this.folder = folder;
    }

    Optional<Path> kallsyms() {
        return file("kallsyms");
    }

    Optional<Path> btf() {
        return file("btf");
    }

    private Optional<Path> file(String name) {
        Path file = folder.resolve(name);
        return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
    }

    /**
     * Checks and keeps what a guest sent.
     *
     * @param btf raw BTF; empty when the kernel has none
     * @param kallsyms text of {@code /proc/kallsyms}
     * @throws KernelException when it is not what a kernel says, or cannot be written; nothing is kept then
     */
    void keep(byte[] btf, String kallsyms) {
        String text = normalised(kallsyms);
        if (btf.length > MAX_BTF) {
            throw new KernelException("the guest's BTF has " + btf.length + " bytes");
        }
        if (btf.length > 0) {
            Btf.check(btf, Path.of("/sys/kernel/btf/vmlinux"));
        }
        Folders.make(folder);
        try {
            if (btf.length > 0) {
                write("btf", btf);
            }
            write("kallsyms", text.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw ImageFile.failed("keep the symbols in", folder, e);
        }
    }

    private void write(String name, byte[] bytes) throws IOException {
        Folders.replace(folder.resolve(name), name, aside -> Files.write(aside, bytes));
    }

    /** The lines of the kernel proper, sorted by name; modules' and malformed ones are not among them. */
    static String normalised(String kallsyms) {
        Map<String, String> byName = new TreeMap<>();
        int lines = 0;
        boolean anyAddress = false;
        int at = 0;
        while (at < kallsyms.length()) {
            int newline = kallsyms.indexOf('\n', at);
            int end = newline < 0 ? kallsyms.length() : newline;
            if (++lines > MAX_LINES || end - at > MAX_LINE) {
                throw new KernelException(
                        "the guest's /proc/kallsyms is none: line " + lines + " has " + (end - at) + " characters");
            }
            Matcher m = LINE.matcher(kallsyms).region(at, end);
            if (!m.matches()) {
                throw new KernelException(
                        "the guest's /proc/kallsyms is none: line " + lines + " is not ADDRESS TYPE NAME");
            }
            if (m.group(4) == null) {
                String address = "0".repeat(16 - m.group(1).length()) + m.group(1);
                anyAddress |= !address.equals("0000000000000000");
                String line = address + " " + m.group(2) + " " + m.group(3);
                byName.put(m.group(3) + " " + address, line);
            }
            at = end + 1;
        }
        if (!anyAddress) {
            throw new KernelException(
                    "the guest's /proc/kallsyms has no addresses: it is empty, or kernel.kptr_restrict"
                            + " is 2; take that sysctl out of the kernel's configuration or command line");
        }
        if (byName.keySet().stream().noneMatch(name -> name.startsWith("_text ") || name.startsWith("_stext "))) {
            throw new KernelException(
                    "the guest's /proc/kallsyms has neither _text nor _stext, so it is none of a kernel");
        }
        return String.join("\n", byName.values()) + "\n";
    }
}
