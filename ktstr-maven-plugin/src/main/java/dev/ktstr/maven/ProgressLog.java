package dev.ktstr.maven;

import dev.ktstr.kernel.BuildListener;
import java.io.PrintStream;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Shows how a build gets on: one line that is written over on a terminal, a log line now and then elsewhere. No colour and no
 * control sequences other than the carriage return, so there is nothing for NO_COLOR to turn off.
 */
final class ProgressLog implements BuildListener {
    private static final long TERMINAL_NS = 200_000_000L;
    private static final long PLAIN_NS = 15_000_000_000L;
    private static final int WIDTH = 79;

    private final Consumer<String> info;
    private final Consumer<String> warn;
    private final @Nullable PrintStream terminal;
    private final LongSupplier clock;
    private long shown;
    private @Nullable String job;
    private boolean open;

    /**
     * @param terminal what to write over on; null when there is none
     * @param clock nanoseconds
     */
    ProgressLog(Consumer<String> info, Consumer<String> warn, @Nullable PrintStream terminal, LongSupplier clock) {
        this.info = info;
        this.warn = warn;
        this.terminal = terminal;
        this.clock = clock;
    }

    @Override
    public synchronized void step(String line) {
        closeLine();
        info.accept(line);
    }

    @Override
    public synchronized void warn(String line) {
        closeLine();
        warn.accept(line);
    }

    @Override
    public synchronized void progress(Progress progress) {
        long now = clock.getAsLong();
        if (!progress.what().equals(job)) {
            // The first line of a job follows the step that named it; linking and the like are told at once.
            boolean goesOn = job != null && progress.unit().equals("objects");
            job = progress.what();
            shown = goesOn ? now - PLAIN_NS : now;
        }
        if (now - shown < (terminal == null ? PLAIN_NS : TERMINAL_NS)) {
            return;
        }
        shown = now;
        if (terminal == null) {
            info.accept(progress.line());
            return;
        }
        String line = progress.line();
        terminal.print("\r" + padded(line.length() > WIDTH ? line.substring(0, WIDTH) : line));
        terminal.flush();
        open = true;
    }

    /** Leaves the terminal ready for somebody else's output. */
    synchronized void endLine() {
        closeLine();
    }

    private void closeLine() {
        if (open && terminal != null) {
            terminal.print("\r" + padded("") + "\r");
            terminal.flush();
        }
        open = false;
        job = null;
    }

    private static String padded(String line) {
        return line + " ".repeat(WIDTH - line.length());
    }
}
