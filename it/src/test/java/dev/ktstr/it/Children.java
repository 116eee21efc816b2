package dev.ktstr.it;

import java.util.List;

/** The virtual machines that this process started. */
final class Children {
    private Children() {}

    static List<ProcessHandle> qemu() {
        return ProcessHandle.current().descendants().filter(Children::isQemu).toList();
    }

    static boolean isQemu(ProcessHandle process) {
        return process.info().command().map(c -> c.contains("qemu-system")).orElse(false);
    }
}
