package dev.ktstr.monitor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * A timeline as text: the phases, then rows of equal length with the events where they happened. A hundred lines or so at most, unless a
 * scenario has more steps than that.
 */
final class TimelineText {
    private static final int MAX_EVENTS = 48;
    private static final int MAX_CPUS = 16;
    private static final String COLUMNS = "%10s %8s %7s %9s %9s %10s %10s %11s  %s";

    private final Timeline timeline;
    private final List<String> lines = new ArrayList<>();

    TimelineText(Timeline timeline) {
        this.timeline = timeline;
    }

    String render() {
        lines.add(String.format(
                Locale.ROOT,
                "%.1f s, %d samples of %d CPUs; times from the begin of the scenario",
                timeline.lengthNs() / 1e9,
                timeline.samples(),
                timeline.cpus().size()));
        lines.add(head("phase"));
        for (Timeline.Phase phase : timeline.phases()) {
            lines.add(line(
                    phase.numbers(),
                    phase.name() + ", to " + time(phase.numbers().toNs())));
        }
        boolean few = timeline.cpus().size() <= MAX_CPUS;
        lines.add(head(
                few
                        ? "nr_running of cpu "
                                + timeline.cpus().stream().map(String::valueOf).collect(Collectors.joining(" "))
                        : ""));
        rows(few);
        return String.join("\n", lines);
    }

    private static String head(String last) {
        return String.format(
                        Locale.ROOT,
                        COLUMNS,
                        "from",
                        "runnable",
                        "busiest",
                        "imbalance",
                        "local DSQ",
                        "switches/s",
                        "fallback/s",
                        "keep-last/s",
                        last)
                .stripTrailing();
    }

    /** A row says what was in its time; events of that time come after it. */
    private void rows(boolean few) {
        List<Stimulus> events = timeline.events();
        int next = 0;
        int told = 0;
        List<Slice> rows = timeline.rows();
        for (int i = 0; i <= rows.size(); i++) {
            long until = i == rows.size() ? Long.MAX_VALUE : rows.get(i).fromNs();
            while (next < events.size() && events.get(next).fromNs() < until) {
                told += event(events.get(next), told);
                next++;
            }
            if (i < rows.size()) {
                lines.add(line(rows.get(i), few ? byCpu(rows.get(i)) : ""));
            }
        }
        long hidden = events.size() - told + timeline.droppedEvents();
        if (hidden > 0) {
            lines.add("and " + hidden + " more events");
        }
    }

    private int event(Stimulus event, int told) {
        if (told == MAX_EVENTS) {
            return 0;
        }
        lines.add(String.format(Locale.ROOT, "%10s * %s", time(event.fromNs()), event.words()));
        return 1;
    }

    private static String line(Slice slice, String last) {
        return String.format(
                        Locale.ROOT,
                        COLUMNS,
                        time(slice.fromNs()),
                        number(slice.runnable()),
                        slice.busiest(),
                        number(slice.imbalance()),
                        slice.localDsq().isPresent() ? slice.localDsq().getAsInt() : "-",
                        number(slice.switchesPerS()),
                        number(slice.fallbackPerS()),
                        number(slice.keepLastPerS()),
                        last)
                .stripTrailing();
    }

    private static String byCpu(Slice row) {
        return row.byCpu().stream().map(n -> n < 0 ? "-" : String.valueOf(n)).collect(Collectors.joining(" "));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String number(OptionalDouble value) {
        return value.isPresent() ? number(value.getAsDouble()) : "-";
    }

    static String time(long ns) {
        long ms = Math.round(ns / 1e6);
        return (ms < 0 ? "" : "+") + ms + "ms";
    }
}
