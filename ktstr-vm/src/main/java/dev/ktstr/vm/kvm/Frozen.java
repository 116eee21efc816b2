package dev.ktstr.vm.kvm;

import dev.ktstr.vm.VmException;
import dev.ktstr.vm.internal.linux.KvmCpu;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Takes the state out of a machine that stands still, and puts it into one that has not run yet. */
final class Frozen {
    private static final String CLOCK = "CLOCK";

    private Frozen() {}

    /** All but RAM. Every vCPU is paused. */
    static KvmState save(KvmParts parts, int[] msrs) {
        Map<String, byte[]> machine = new LinkedHashMap<>(parts.vm().state());
        machine.putAll(parts.hardware().state());
        List<Map<String, byte[]>> cpus = new ArrayList<>();
        for (Vcpu vcpu : parts.vcpus()) {
            cpus.add(vcpu.call("saving", cpu -> cpu.state(msrs)));
        }
        GuestClock clock = parts.vcpus().get(0).call("reading the clocks", cpu -> GuestClock.read(parts.vm(), cpu));
        machine.put(CLOCK, clock.encode());
        return new KvmState(machine, cpus);
    }

    /** Puts back what does not count. No vCPU has run, and RAM is there. */
    static void restore(KvmParts parts, KvmState state) throws IOException {
        for (int i = 0; i < parts.vcpus().size(); i++) {
            parts.vcpus().get(i).cpu().restore(state.cpus().get(i));
        }
        // The devices set their interrupt lines; what has come of those is the chips' to know.
        parts.hardware().restore(state.machine());
        parts.vm().restore(state.machine());
        GuestClock.decode(KvmState.part(state.machine(), CLOCK));
    }

    /** Lets all clocks and timers go on from where they stood. The vCPUs are paused, and run next. */
    static void goOn(KvmParts parts, KvmState state) {
        GuestClock clock = GuestClock.decode(state.machine().getOrDefault(CLOCK, new byte[0]));
        for (int i = 0; i < parts.vcpus().size(); i++) {
            Map<String, byte[]> saved = state.cpus().get(i);
            boolean first = i == 0;
            call(parts.vcpus().get(i), cpu -> cpu.restoreTime(saved, clock.tsc(), first));
        }
        call(parts.vcpus().get(0), cpu -> clock.goOn(parts.vm(), cpu, state.machine()));
    }

    private static void call(Vcpu vcpu, java.util.function.Consumer<KvmCpu> action) throws VmException {
        vcpu.call("going on", cpu -> {
            action.accept(cpu);
            return true;
        });
    }
}
