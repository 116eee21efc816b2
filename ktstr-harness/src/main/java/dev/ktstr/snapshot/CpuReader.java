package dev.ktstr.snapshot;

import dev.ktstr.vm.VcpuRegisters;
import dev.ktstr.vm.kernel.KernelMemory;
import dev.ktstr.vm.sched.MonitorSample;
import dev.ktstr.vm.sched.RunqueueSample;
import dev.ktstr.vm.symbols.SymbolTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Puts together what is known of each CPU. */
final class CpuReader {
    private CpuReader() {}

    /** All CPUs of which something is known, in order. */
    static List<CpuState> read(KernelMemory memory, List<VcpuRegisters> registers, Optional<MonitorSample> sample) {
        Map<Integer, Map<String, Long>> held = new TreeMap<>();
        registers.forEach(r -> held.put(r.cpu(), r.values()));
        Map<Integer, Map<String, Long>> counted = new TreeMap<>();
        sample.ifPresent(s -> s.cpus().forEach(rq -> counted.put(rq.cpu(), counters(rq))));
        counted.keySet().forEach(cpu -> held.putIfAbsent(cpu, Map.of()));
        List<CpuState> all = new ArrayList<>();
        held.forEach((cpu, values) -> all.add(
                new CpuState(cpu, values, place(memory, values.get("rip")), counted.getOrDefault(cpu, Map.of()))));
        return all;
    }

    private static Optional<String> place(KernelMemory memory, @Nullable Long rip) {
        SymbolTable symbols = memory.symbols();
        OptionalLong start = symbols.find("_stext");
        OptionalLong end = symbols.find("_etext");
        if (rip == null || start.isEmpty() || end.isEmpty()) {
            return Optional.empty();
        }
        long linked = rip - memory.slide();
        boolean kernel = Long.compareUnsigned(linked, start.getAsLong()) >= 0
                && Long.compareUnsigned(linked, end.getAsLong()) < 0;
        return kernel ? symbols.at(linked).map(SymbolTable.Place::toString) : Optional.empty();
    }

    private static Map<String, Long> counters(RunqueueSample rq) {
        Map<String, Long> all = new LinkedHashMap<>();
        all.put("nr_running", (long) rq.nrRunning());
        all.put("nr_switches", rq.nrSwitches());
        all.put("clock_ns", rq.clockNs());
        all.put("idle", rq.idle() ? 1L : 0L);
        rq.scx().ifPresent(scx -> {
            all.put("scx_nr_running", (long) scx.nrRunning());
            all.put("local_dsq_depth", (long) scx.localDsqDepth());
            all.put("scx_flags", Integer.toUnsignedLong(scx.flags()));
        });
        rq.schedstat().ifPresent(stat -> {
            all.put("sched_count", stat.schedCount());
            all.put("sched_goidle", stat.schedGoidle());
            all.put("ttwu_count", stat.ttwuCount());
            all.put("ttwu_local", stat.ttwuLocal());
            all.put("cpu_time_ns", stat.cpuTime());
            all.put("run_delay_ns", stat.runDelay());
        });
        all.putAll(new TreeMap<>(rq.events()));
        return all;
    }
}
