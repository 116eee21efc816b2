package dev.ktstr.monitor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** A timeline as text: the phases, then rows of equal length with the events between them. At most about a hundred lines. */
final class TimelineText {
    private static final int MAX_EVENTS = 48;
    private static final int MAX_CPUS = 16;
    private static final String HEAD = "%10s %8s %7s %9s %9s %10s %10s %11s  %s";

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
        for (Timeline.Phase phase : timeline.phases()) {
            Slice n = phase.numbers();
            lines.add(String.format(
                    Locale.ROOT,
                    "%s %s to %s: %d samples, runnable %.1f on average, busiest CPU %d, imbalance up to %.1f%s%s%s%s",
                    phase.name(),
                    time(n.fromNs()),
                    time(n.toNs()),
                    n.samples(),
                    n.runnable(),
                    n.busiest(),
                    n.imbalance(),
                    n.localDsq().isPresent()
                            ? ", local DSQ up to " + n.localDsq().getAsInt()
                            : "",
                    rate(n.switchesPerS(), " switches/s"),
                    rate(n.fallbackPerS(), " fallbacks/s"),
                    rate(n.keepLastPerS(), " keep-lasts/s")));
        }
        rows();
        return String.join("\n", lines);
    }

    private static String rate(OptionalDouble perSecond, String unit) {
        return perSecond.isPresent() ? String.format(Locale.ROOT, ", %.1f%s", perSecond.getAsDouble(), unit) : "";
    }

    private void rows() {
        lines.add(String.format(
                Locale.ROOT,
                HEAD,
                "from",
                "runnable",
                "busiest",
                "imbalance",
                "local DSQ",
                "switches/s",
                "fallback/s",
                "keep-last/s",
                timeline.cpus().size() <= MAX_CPUS
                        ? "nr_running of cpu "
                                + timeline.cpus().stream().map(String::valueOf).collect(Collectors.joining(" "))
                        : ""));
        List<Stimulus> events = timeline.events();
        int next = 0;
        int told = 0;
        for (Slice row : timeline.rows()) {
            while (next < events.size() && events.get(next).fromNs() < row.toNs()) {
                told += event(events.get(next), told);
                next++;
            }
            row(row);
        }
        while (next < events.size()) {
            told += event(events.get(next), told);
            next++;
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

    private void row(Slice row) {
        lines.add(String.format(
                        Locale.ROOT,
                        HEAD,
                        time(row.fromNs()),
                        number(row.runnable()),
                        row.busiest(),
                        number(row.imbalance()),
                        row.localDsq().isPresent() ? row.localDsq().getAsInt() : "-",
                        number(row.switchesPerS()),
                        number(row.fallbackPerS()),
                        number(row.keepLastPerS()),
                        row.byCpu().size() <= MAX_CPUS ? byCpu(row) : "")
                .stripTrailing());
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
