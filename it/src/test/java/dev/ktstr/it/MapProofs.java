package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ktstr.vm.bpf.BpfEntry;
import dev.ktstr.vm.bpf.BpfException;
import dev.ktstr.vm.bpf.BpfMap;
import dev.ktstr.vm.bpf.BpfValues;
import dev.ktstr.vm.btf.BtfValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** BPF maps of every kind and what they hold, against bpftool and the program that made them. */
interface MapProofs {
    /** Far more than it takes. */
    int MOST_CHURNS = 10;

    /** The guest that is looked at. */
    ProofGuest proof();

    @Test
    default void everyMapIsListedAsBpftoolShowsIt() throws IOException {
        Map<Integer, JsonNode> shown = proof().bpftool().maps();
        List<BpfMap> maps = proof().kernel().bpf().maps();
        assertThat(maps).extracting(BpfMap::id).containsExactlyInAnyOrderElementsOf(shown.keySet());
        assertThat(maps).hasSizeGreaterThan(ProofGuest.MANY).allSatisfy(map -> {
            JsonNode truth = shown.get(map.id());
            assertThat(map.name()).isEqualTo(truth.path("name").asText());
            // bpftool of this age knows numbers only of kinds that are newer than itself.
            if (truth.path("type").isTextual()) {
                assertThat(map.type()).isEqualTo(truth.path("type").asText());
            }
            assertThat(map.flags()).isEqualTo(truth.path("flags").asInt());
            assertThat(map.keySize()).isEqualTo(truth.path("bytes_key").asInt());
            assertThat(map.valueSize()).isEqualTo(truth.path("bytes_value").asInt());
            assertThat(map.maxEntries()).isEqualTo(truth.path("max_entries").asInt());
        });
    }

    @Test
    default void entriesOfEveryKindAreThoseOfBpftoolsDump() throws IOException {
        Map<String, Integer> kinds = Map.of(
                "p_array", 5,
                "p_pcpu_array", 3,
                "p_hash", 100,
                "p_hash_np", 100,
                "p_pcpu_hash", 20,
                "p_lru_pcpu", 20);
        for (Map.Entry<String, Integer> kind : kinds.entrySet()) {
            assertThat(entries(proof().map(kind.getKey())))
                    .as(kind.getKey())
                    .hasSize(kind.getValue())
                    .isEqualTo(proof().bpftool().dump(proof().map(kind.getKey()).id()));
        }
        // How many it forgot is its own affair.
        assertThat(entries(proof().map("p_lru_hash")))
                .hasSizeBetween(1, 64)
                .isEqualTo(proof().bpftool().dump(proof().map("p_lru_hash").id()));
        assertThat(entries(proof().map("p_pcpu_array")).values())
                .allSatisfy(values -> assertThat(values).hasSize(4));
    }

    /** As {@link Bpftool#dump} has them. */
    private Map<String, List<String>> entries(BpfMap map) {
        Map<String, List<String>> read = new TreeMap<>();
        for (BpfEntry entry : proof().kernel().values().entries(map)) {
            read.put(
                    HexFormat.of().formatHex(entry.key()),
                    entry.values().stream().map(HexFormat.of()::formatHex).toList());
        }
        return read;
    }

    @Test
    default void aRingBuffersPositionsAreThoseItsUserSees() {
        BpfValues.Ring ring = proof().kernel().values().ring(proof().map("p_ring"));
        assertThat(proof().said().get("ring"))
                .containsExactly(
                        Long.toString(ring.consumer()), Long.toString(ring.producer()), Long.toString(ring.size()));
        assertThat(ring.producer()).isEqualTo(3 * 16);
    }

    @Test
    default void anArenasPagesAreThoseItsUserTouchedWithWhatItWroteThere() {
        BpfMap map = proof().map("p_arena");
        assertThat(map.type()).isEqualTo("arena");
        BpfValues.Arena arena = proof().kernel().values().arena(map);
        List<String> words = proof().said().get("arena");
        assertThat(Long.toUnsignedString(arena.userAddress())).isEqualTo(words.get(0));
        assertThat(arena.maxPages()).isEqualTo(Integer.parseInt(words.get(1)));
        assertThat(arena.pages())
                .containsExactlyElementsOf(words.subList(2, words.size()).stream()
                        .map(Integer::valueOf)
                        .toList());
        for (int page : arena.pages()) {
            byte[] bytes = proof().kernel().values().readArena(map, page * 4096L, 4096);
            for (int i = 0; i < bytes.length; i++) {
                assertThat(bytes[i]).isEqualTo((byte) (page * 31 + i * 7 + 1));
            }
        }
    }

    @Test
    default void globalsAreThoseOfBpftoolsDump() throws IOException {
        JsonNode constants = section(".rodata");
        for (String name : List.of("slice_ns", "slow", "starve_ns", "nr_cpus", "cpu_limit", "verify_blocks")) {
            assertThat(proof().kernel().globals().read(name).asLong())
                    .as(name)
                    .isEqualTo(constants.path(name).asLong());
        }
        assertThat(proof().kernel().globals().read("nr_cpus").asLong()).isEqualTo(4);
        JsonNode before = section(".bss");
        Map<String, Long> read = new LinkedHashMap<>();
        List<String> counters = List.of("nr_enqueued", "nr_dispatched", "nr_direct", "nr_stalled", "nr_dropped");
        counters.forEach(
                name -> read.put(name, proof().kernel().globals().read(name).asLong()));
        JsonNode after = section(".bss");
        counters.forEach(name -> assertThat(read.get(name))
                .as(name)
                .isBetween(before.path(name).asLong(), after.path(name).asLong()));
        assertThat(read.get("nr_dispatched")).isPositive();
    }

    /** A section's variables as bpftool shows them by the program's BTF. */
    private JsonNode section(String section) throws IOException {
        BpfMap map = proof().kernel().bpf().maps().stream()
                .filter(m -> m.section().equals(Optional.of(section)))
                .findFirst()
                .orElseThrow();
        JsonNode variables = proof().bpftool()
                .json("map", "dump", "id", Integer.toString(map.id()))
                .at("/0/formatted/value")
                .path(section);
        ObjectNode merged = new ObjectMapper().createObjectNode();
        variables.forEach(one -> merged.setAll((ObjectNode) one));
        assertThat(merged.size()).as("%s", variables).isPositive();
        return merged;
    }

    @Test
    default void theOperationsAreThoseOfBpftoolsDump() throws IOException {
        BpfMap ops = proof().kernel().bpf().maps().stream()
                .filter(m -> m.type().equals("struct_ops"))
                .findFirst()
                .orElseThrow();
        BpfValues.StructOps read = proof().kernel().values().structOps(ops);
        // What was given to the kernel, as bytes: bpftool of this age does not know the layout of today's.
        String given = proof().bpftool().dump(ops.id()).get("00000000").get(0);
        int type = (int) proof().kernel().structs().number(ops.address(), "bpf_map", "btf_vmlinux_value_type_id");
        BtfValue truth = BtfValue.of(
                proof().kernel().structs().btf(), type, HexFormat.of().parseHex(given));
        assertThat(read.data().get("name").asText())
                .isEqualTo("ktstr")
                .isEqualTo(truth.get("data.name").asText());
        for (String field : List.of("flags", "timeout_ms", "exit_dump_len", "dispatch_max_batch", "hotplug_seq")) {
            assertThat(read.data().get(field).asLong())
                    .as(field)
                    .isEqualTo(truth.get("data").get(field).asLong());
        }
        assertThat(read.data().get("timeout_ms").asLong()).isEqualTo(5000);
        assertThat(truth.get("common.state").asEnumName().orElseThrow()).endsWith(read.state());
    }

    @Test
    default void mapsThatComeAndGoWhileTheyAreWalkedGiveTheirOwnValuesOrAnError() throws Exception {
        String objects = Tools.send(proof().guest(), Tools.compiled("bpf_objects"));
        List<String> refusals = new ArrayList<>();
        // In the lab the reader is emulated as well, and slower than the guest: there it may meet none that lives.
        boolean refusalsCount = System.getProperty("it.tools") != null;
        int walked = 0;
        // Where the reader and the guest share a CPU, one churn may be over before the other has had its turn.
        for (int turn = 0; turn < MOST_CHURNS && walked + (refusalsCount ? refusals.size() : 0) == 0; turn++) {
            walked += walkWhileTheyComeAndGo(objects, refusals);
        }
        assertThat(refusalsCount ? walked + refusals.size() : walked)
                .as("entries of maps that lived; refused: %s", refusals)
                .isPositive();
        assertThat(refusals)
                .allSatisfy(text -> assertThat(text)
                        .containsAnyOf(
                                "was freed", "could not be read in", "did not stand still", "changed while read"));
        assertThat(proof().kernel().bpf().maps()).noneMatch(map -> map.name().startsWith("c_"));
    }

    /** Entries of maps that lived while they were walked. */
    private int walkWhileTheyComeAndGo(String objects, List<String> refusals) throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread churn = new Thread(
                () -> {
                    try {
                        Tools.run(proof().guest(), objects, "--churn", "3000");
                    } catch (RuntimeException | AssertionError e) {
                        failure.set(e);
                    }
                },
                "churn");
        churn.start();
        int walked = 0;
        while (churn.isAlive()) {
            try {
                for (BpfMap map : proof().kernel().bpf().maps()) {
                    if (map.name().startsWith("c_")) {
                        walked += own(map);
                    }
                }
            } catch (BpfException e) {
                refusals.add(e.getMessage());
            }
        }
        churn.join();
        assertThat(failure.get()).isNull();
        return walked;
    }

    /** Each value of such a map has the map's number in it: a value of another's would show. */
    private int own(BpfMap map) {
        int entries = 0;
        byte[] expected = map.name().substring(2).getBytes(StandardCharsets.US_ASCII);
        for (BpfEntry entry : proof().kernel().values().entries(map)) {
            byte[] value = entry.values().get(0);
            boolean fresh = IntStream.range(0, value.length).allMatch(i -> value[i] == 0);
            // A map is there before its first entry is written.
            if (!fresh) {
                assertThat(Arrays.copyOf(value, expected.length)).isEqualTo(expected);
                entries++;
            }
        }
        return entries;
    }
}
