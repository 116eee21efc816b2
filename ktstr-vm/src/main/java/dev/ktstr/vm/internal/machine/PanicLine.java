package dev.ktstr.vm.internal.machine;

import java.util.Optional;

/** Finds a kernel's panic in its console: it resets afterwards ({@code panic=-1}), so that it looks like any reboot but for this. */
public final class PanicLine {
    private PanicLine() {}

    /** The last panic's line, without its time stamp. */
    public static Optional<String> in(String console) {
        return console.lines()
                .filter(line -> line.contains("Kernel panic"))
                .map(line -> line.substring(line.indexOf("Kernel panic")).strip())
                .reduce((first, last) -> last);
    }
}
