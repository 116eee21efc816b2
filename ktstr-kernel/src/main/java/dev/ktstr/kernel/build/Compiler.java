package dev.ktstr.kernel.build;

import dev.ktstr.kernel.KernelException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What compiles a kernel, as the kernel's Makefile is told (Documentation/kbuild/llvm.rst).
 *
 * @param architecture what it compiles for
 * @param cross whether that is not this machine's
 * @param llvm whether clang and its tools are used; else gcc and binutils
 * @param suffix of the programs, {@code -19}; or empty
 */
public record Compiler(Architecture architecture, boolean cross, boolean llvm, String suffix) {
    private static final Pattern NAME = Pattern.compile("(gcc|clang)(-\\d{1,3})?");

    /**
     * The compiler of that name.
     *
     * @param name {@code gcc}, {@code clang}, or either with a version, {@code clang-19}
     * @param host the architecture of this machine
     * @throws KernelException when it is neither
     */
    public static Compiler named(String name, Architecture architecture, Architecture host) {
        Matcher m = NAME.matcher(name);
        if (!m.matches()) {
            throw new KernelException("'" + name
                    + "' is no compiler that kernels are built with: gcc or clang, also with a version (clang-19)");
        }
        String suffix = m.group(2) == null ? "" : m.group(2);
        return new Compiler(architecture, architecture != host, m.group(1).equals("clang"), suffix);
    }

    /** The compiler's program. */
    String cc() {
        return llvm ? "clang" + suffix : prefix() + "gcc" + suffix;
    }

    /** The program that compiles what runs during the build. */
    String hostCc() {
        return llvm ? cc() : "gcc" + (cross ? "" : suffix);
    }

    String ld() {
        return llvm ? "ld.lld" + suffix : prefix() + "ld";
    }

    String debianPackage() {
        return llvm ? "clang" + suffix : cross ? "gcc" + suffix + "-" + packageTail() : "gcc" + suffix;
    }

    String linkerPackage() {
        return llvm ? "lld" + suffix : cross ? "binutils-" + packageTail() : "binutils";
    }

    private String packageTail() {
        String prefix = architecture.crossPrefix().replace('_', '-');
        return prefix.substring(0, prefix.length() - 1);
    }

    private String prefix() {
        return cross ? architecture.crossPrefix() : "";
    }

    /** What make is told, besides targets and folders. */
    List<String> makeArguments() {
        List<String> arguments = new ArrayList<>();
        arguments.add("ARCH=" + architecture.makeName());
        if (llvm) {
            arguments.add("LLVM=" + (suffix.isEmpty() ? "1" : suffix));
        } else if (cross) {
            arguments.add("CROSS_COMPILE=" + architecture.crossPrefix());
        }
        if (!llvm && !suffix.isEmpty()) {
            arguments.add("CC=" + cc());
        }
        return arguments;
    }
}
