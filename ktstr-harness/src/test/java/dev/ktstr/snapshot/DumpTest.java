package dev.ktstr.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.vm.bpf.BpfEntry;
import dev.ktstr.vm.bpf.BpfMap;
import dev.ktstr.vm.btf.Btf;
import dev.ktstr.vm.btf.BtfValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A captured state as text, as JSON, and through the interfaces of a test. */
class DumpTest {
    private static final long TASK = 0xffff888103a01000L;
    private static final long MASK = 0xffff888103b40000L;

    private final TinyBtf types = new TinyBtf();
    private final int u8 = types.integer("u8", 1);
    private final int u32 = types.integer("u32", 4);
    private final int u64 = types.integer("u64", 8);
    private final int cpumask = types.struct("cpumask", 16, "bits", types.array(u64, 2), 0);
    private final int comm = types.array(u8, 8);
    private final int state = types.enumeration("state", "RUNNING", 1);
    private final int task = types.struct(
            "task_ctx", 32, "pid", u32, 0, "state", state, 4, "comm", comm, 8, "cpus", types.pointer(cpumask), 16);
    private final int bss = types.section(
            ".bss", 32, "nr", u64, 0, 8, "current", types.pointer(task), 8, 8, "allowed", cpumask, 16, 16);
    private final Btf btf = types.parse();

    private static byte[] bytes(long... words) {
        ByteBuffer out = ByteBuffer.allocate(words.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long word : words) {
            out.putLong(word);
        }
        return out.array();
    }

    private BpfMap map(int id, String name, String type, int valueSize, int keyType, int valueType, String section) {
        return new BpfMap(
                0xffff888000000000L,
                id,
                name,
                type,
                4,
                valueSize,
                8,
                0,
                Optional.of(btf),
                keyType,
                valueType,
                Optional.of(section).filter(s -> !s.isEmpty()));
    }

    private CapturedMap globals() {
        BpfMap map = map(1, "acme.bss", "array", 32, u32, bss, ".bss");
        // CPUs 0 to 3, 8 and, beyond those that exist, 100.
        byte[] value = bytes(41, TASK, 0x10f, 1L << 36);
        return new CapturedMap(map, List.of(new BpfEntry(map, new byte[4], List.of(value))), false, Optional.empty());
    }

    private CapturedMap table() {
        BpfMap map = map(2, "tasks", "percpu_hash", 32, u32, task, "");
        byte[] one = bytes(7, 0x726574616562L, 0, 0);
        byte[] two = bytes(0x1_0000_0009L, 0, 0xffff888100000000L, 0);
        BpfEntry entry = new BpfEntry(map, new byte[] {5, 1, 0, 0}, List.of(one, two));
        return new CapturedMap(map, List.of(entry), true, Optional.empty());
    }

    private final CapturedState captured = new CapturedState(
            List.of(globals(), table(), unread()),
            Pointees.of(
                    Map.of(
                            TASK,
                            new Pointees.Pointee(
                                    "task_ctx", BtfValue.of(btf, task, bytes(0x1_0000_0003L, 0, MASK, 0)), true),
                            MASK,
                            new Pointees.Pointee("cpumask", BtfValue.of(btf, cpumask, bytes(3, 0)), false)),
                    16),
            List.of(
                    new CpuState(
                            0,
                            Map.of("rip", 0xffffffff81000010L),
                            Optional.of("schedule+0x10"),
                            Map.of("nr_running", 3L, "local_dsq_depth", 1L)),
                    new CpuState(1, Map.of("rip", 0x401000L), Optional.empty(), Map.of())));

    @Test
    void aNameThatTwoHaveIsNotGuessed() {
        CapturedMap other = new CapturedMap(
                map(4, "other.bss", "array", 32, u32, bss, ".bss"), globals().raw(), false, Optional.empty());
        CapturedState two = new CapturedState(List.of(globals(), other, other), Pointees.of(Map.of(), 1), List.of());
        assertThatThrownBy(() -> two.var("nr"))
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining("3 BPF variables are named 'nr': [acme.bss/nr, other.bss/nr, other.bss/nr]")
                .hasMessageContaining("write map and name");
        assertThat(two.var("acme.bss/nr").asLong()).isEqualTo(41);
        assertThatThrownBy(() -> two.map("other.bss")).hasMessage("2 BPF maps are named 'other.bss'");
    }

    private CapturedMap unread() {
        return new CapturedMap(
                map(3, "ring", "ringbuf", 0, 0, 0, ""),
                List.of(),
                false,
                Optional.of("a map of type ringbuf has none"));
    }

    @Test
    void theTextHasCpusThenEveryMapWithGlobalsBySectionAndEntriesByKey() {
        assertThat(DumpText.of(captured).lines())
                .containsExactly(
                        "cpu 0: nr_running=3 local_dsq_depth=1 at schedule+0x10",
                        "cpu 1: at 0x401000 (user)",
                        "map acme.bss (type=array, value_size=32, max_entries=8)",
                        "  .bss:",
                        "    nr=41",
                        "    current=0xffff888103a01000 (arena) → task_ctx{pid=3, state=RUNNING, comm=\"\","
                                + " cpus=0xffff888103b40000 → cpus={0-1}}",
                        "    allowed={0-3,8}",
                        "map tasks (type=percpu_hash, value_size=32, max_entries=8)",
                        "  entry: key=261 cpu0 {pid=7, state=0, comm=\"beater\", cpus=NULL}",
                        "  entry: key=261 cpu1 {pid=9, state=RUNNING, comm=\"\", cpus=0xffff888100000000}",
                        "  … more entries",
                        "map ring (type=ringbuf, value_size=0, max_entries=8)",
                        "  (not read: a map of type ringbuf has none)");
    }

    @Test
    void theTreeForJsonHasNumbersAsNumbersAndTheRestInWords() {
        Map<String, Object> root = DumpJson.of(captured);
        assertThat(root.get("cpus").toString())
                .contains("cpu=0, at=schedule+0x10, registers={rip=0xffffffff81000010}")
                .contains("nr_running=3");
        List<?> maps = (List<?>) root.get("maps");
        assertThat(maps).hasSize(3);
        assertThat(((Map<?, ?>) maps.get(0)).get("variables"))
                .isEqualTo(Map.of(
                        "nr",
                        41L,
                        "current",
                        "0xffff888103a01000 (arena) → task_ctx{pid=3, state=RUNNING, comm=\"\", cpus=0xffff888103b40000 → cpus={0-1}}",
                        "allowed",
                        "{0-3,8}"));
        assertThat(maps.get(1).toString()).contains("key=261", "comm=beater", "cut=true");
        assertThat(maps.get(2).toString()).contains("unread=a map of type ringbuf has none");
    }

    @Test
    void aTestReadsThroughPointersAndOfCpusAndErrorsNameWhatThereIs() {
        SnapshotValue current = captured.var("current");
        assertThat(current.pointee().get("pid").asLong()).isEqualTo(3);
        assertThat(current.pointee().get("cpus").pointee()).hasToString("{0-1}");
        assertThatThrownBy(() -> captured.var("nr").pointee()).hasMessageContaining("it is no pointer to a struct");
        assertThatThrownBy(() -> captured.map("tasks")
                        .entry(261)
                        .values()
                        .get(0)
                        .get("cpus")
                        .pointee())
                .hasMessageContaining("points to nothing");
        assertThatThrownBy(() -> captured.var("nrr"))
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining("did you mean 'nr'? There are: nr, current, allowed");
        assertThat(captured.cpu(0).counter("nr_running")).isEqualTo(3);
        assertThatThrownBy(() -> captured.cpu(0).register("rpi"))
                .hasMessage("CPU 0 has no register 'rpi'; did you mean 'rip'? There are: rip");
        assertThatThrownBy(() -> captured.cpu(0).counter("runing")).hasMessageContaining("There are: ");
        assertThatThrownBy(() -> captured.cpu(7)).hasMessage("there is no CPU 7; there are: [0, 1]");
    }

    @Test
    void rangesAreWrittenAsTheKernelWritesThem() {
        BitSet cpus = new BitSet();
        assertThat(ValueText.ranges(cpus)).isEmpty();
        cpus.set(0);
        cpus.set(2, 5);
        cpus.set(63, 65);
        assertThat(ValueText.ranges(cpus)).isEqualTo("0,2-4,63-64");
    }
}
