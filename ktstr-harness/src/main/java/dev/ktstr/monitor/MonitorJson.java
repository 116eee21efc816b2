package dev.ktstr.monitor;

import dev.ktstr.vm.sched.RunqueueSample;
import dev.ktstr.vm.sched.SchedDomain;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The monitor's part of the result file. What was not measured has no key. */
final class MonitorJson {
    private MonitorJson() {}

    static void put(MonitorSummary summary, Map<String, Object> json) {
        json.put("samples", summary.samples());
        json.put("intervalMs", summary.interval().toMillis());
        json.put("lengthMs", summary.length().toMillis());
        json.put("longestStepMs", summary.longestStep().toMillis());
        json.put("maxImbalanceRatio", round(summary.maxImbalance()));
        summary.maxLocalDsqDepth().ifPresent(depth -> json.put("maxLocalDsqDepth", depth));
        json.put(
                "cpus",
                summary.cpus().stream()
                        .map(cpu -> cpu(cpu, summary.schedstatsOn()))
                        .toList());
        if (!summary.events().isEmpty()) {
            json.put("events", summary.events());
            if (!summary.length().isZero()) {
                Map<String, Object> rates = new LinkedHashMap<>();
                summary.events()
                        .forEach((name, count) -> rates.put(
                                name, round(count * 1e9 / summary.length().toNanos())));
                json.put("eventsPerS", rates);
            }
        }
        json.put("inconsistent", summary.inconsistent());
        json.put("vcpuWaitingShare", round(summary.waitingShare()));
        summary.stealShare().ifPresent(steal -> json.put("hostStealShare", round(steal)));
        json.put("medianCostUs", summary.medianCost().toNanos() / 1000);
        json.put("maxCostUs", summary.maxCost().toNanos() / 1000);
    }

    private static double round(double value) {
        return Math.round(value * 1000) / 1000.0;
    }

    private static Map<String, Object> cpu(MonitorSummary.Cpu cpu, boolean schedstatsOn) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("cpu", cpu.cpu());
        json.put("maxNrRunning", cpu.maxNrRunning());
        json.put("meanNrRunning", round(cpu.meanNrRunning()));
        json.put("stillSamples", cpu.stillSamples());
        json.put("switches", cpu.switches());
        cpu.schedstat().ifPresent(stat -> json.put("schedstat", schedstat(stat, schedstatsOn)));
        return json;
    }

    private static Map<String, Object> schedstat(RunqueueSample.Schedstat stat, boolean counts) {
        Map<String, Object> json = new LinkedHashMap<>();
        if (counts) {
            json.put("yldCount", stat.yldCount());
            json.put("schedCount", stat.schedCount());
            json.put("schedGoidle", stat.schedGoidle());
            json.put("ttwuCount", stat.ttwuCount());
            json.put("ttwuLocal", stat.ttwuLocal());
        }
        json.put("rqCpuTimeNs", stat.cpuTime());
        json.put("runDelayNs", stat.runDelay());
        stat.pcount().ifPresent(count -> json.put("pcount", count));
        return json;
    }

    /** Each domain once, however many CPUs are in it. */
    static List<Object> domains(Map<Integer, List<SchedDomain>> byCpu) {
        Set<SchedDomain> distinct = new LinkedHashSet<>();
        byCpu.values().forEach(distinct::addAll);
        List<Object> json = new ArrayList<>();
        distinct.stream()
                .sorted((a, b) -> Integer.compare(a.level(), b.level()))
                .forEach(domain -> {
                    Map<String, Object> one = new LinkedHashMap<>();
                    one.put("level", domain.level());
                    domain.name().ifPresent(name -> one.put("name", name));
                    one.put("flags", "0x" + Integer.toHexString(domain.flags()));
                    one.put("weight", domain.weight());
                    domain.cpus()
                            .ifPresent(cpus ->
                                    one.put("cpus", cpus.stream().boxed().toList()));
                    json.add(one);
                });
        return json;
    }

    static Map<String, Object> timeline(Timeline timeline) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("cpus", timeline.cpus());
        json.put(
                "phases",
                timeline.phases().stream()
                        .map(phase -> {
                            Map<String, Object> one = new LinkedHashMap<>();
                            one.put("name", phase.name());
                            one.putAll(slice(phase.numbers()));
                            return one;
                        })
                        .toList());
        json.put("rows", timeline.rows().stream().map(MonitorJson::slice).toList());
        json.put("events", timeline.events().stream().map(MonitorJson::event).toList());
        if (timeline.droppedEvents() > 0) {
            json.put("droppedEvents", timeline.droppedEvents());
        }
        return json;
    }

    private static Map<String, Object> slice(Slice slice) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("fromMs", round(slice.fromNs() / 1e6));
        json.put("toMs", round(slice.toNs() / 1e6));
        json.put("samples", slice.samples());
        json.put("runnable", round(slice.runnable()));
        json.put("busiest", slice.busiest());
        json.put("imbalance", round(slice.imbalance()));
        slice.localDsq().ifPresent(depth -> json.put("localDsq", depth));
        slice.switchesPerS().ifPresent(rate -> json.put("switchesPerS", round(rate)));
        slice.fallbackPerS().ifPresent(rate -> json.put("fallbackPerS", round(rate)));
        slice.keepLastPerS().ifPresent(rate -> json.put("keepLastPerS", round(rate)));
        json.put("nrRunning", slice.byCpu());
        return json;
    }

    private static Map<String, Object> event(Stimulus stimulus) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("fromMs", round(stimulus.fromNs() / 1e6));
        json.put("toMs", round(stimulus.toNs() / 1e6));
        json.put("step", stimulus.event().step());
        if (stimulus.event().op() >= 0) {
            json.put("op", stimulus.event().op());
        }
        json.put("what", stimulus.event().what());
        if (!stimulus.event().subject().isEmpty()) {
            json.put("subject", stimulus.event().subject());
        }
        return json;
    }
}
