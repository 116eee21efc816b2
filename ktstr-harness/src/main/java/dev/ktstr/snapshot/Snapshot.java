package dev.ktstr.snapshot;

import java.util.List;

/**
 * The state of the scheduler under test at one moment: a copy of what its BPF maps held while the guest stood still, and of the CPUs.
 * Immutable.
 */
public interface Snapshot {
    /**
     * A global variable of a BPF program, or a part of one: {@code nr_dispatched}, {@code stats.local[2].count}; with the map in
     * front ({@code scx_qmap.bss/nr_dispatched}) where several programs have one of that name.
     *
     * @throws SnapshotException when there is none such, naming what there is; also when the name is not unique
     */
    SnapshotValue var(String path);

    /**
     * A map by name.
     *
     * @throws SnapshotException when there is none such, naming the maps there are; also when the name is not unique
     */
    SnapshotMap map(String name);

    /** All CPUs of which something is known, in order: registers and runqueue counters. */
    List<CpuState> cpus();

    /** One CPU. @throws SnapshotException when nothing is known of it, naming those there are */
    default CpuState cpu(int number) {
        return cpus().stream()
                .filter(cpu -> cpu.cpu() == number)
                .findFirst()
                .orElseThrow(() -> new SnapshotException("there is no CPU " + number + "; there are: "
                        + cpus().stream().map(CpuState::cpu).toList()));
    }

    /** Names of all maps, in the order of their ids; a name may come twice. */
    List<String> maps();

    /** Names of all global variables, in the order of maps and places; a name may come twice. */
    List<String> variables();
}
