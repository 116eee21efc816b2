package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ktstr.guest.GuestException;
import dev.ktstr.run.BootedGuest;
import dev.ktstr.vm.bpf.BpfProgram;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the guest itself says about its BPF maps and programs: the distribution's bpftool, and the descriptors of the one who loaded them. */
final class Bpftool {
    private static final int DESCRIPTORS = 64;
    private static final int PIDS = 2048;

    private final BootedGuest guest;
    private final String program;

    /** Brings bpftool into the guest. */
    Bpftool(BootedGuest guest) throws IOException {
        this.guest = guest;
        this.program = Tools.send(guest, Tools.bpftool());
    }

    /** Runs it; what it printed as JSON. */
    JsonNode json(String... arguments) throws IOException {
        String[] argv = Stream.concat(Stream.of(program, "--json"), Stream.of(arguments))
                .toArray(String[]::new);
        return new ObjectMapper().readTree(Tools.run(guest, argv));
    }

    /** The maps as {@code bpftool map show} has them, by id. */
    Map<Integer, JsonNode> maps() throws IOException {
        return byId(json("map", "show"));
    }

    /** The programs as {@code bpftool prog show} has them, by id. */
    Map<Integer, JsonNode> programs() throws IOException {
        return byId(json("prog", "show"));
    }

    private static Map<Integer, JsonNode> byId(JsonNode list) {
        Map<Integer, JsonNode> shown = new HashMap<>();
        list.forEach(one -> shown.put(one.path("id").asInt(), one));
        return shown;
    }

    /** The entries of a map as {@code bpftool map dump} has them: key to value, or to a value for each CPU, all as hex digits. */
    Map<String, List<String>> dump(int id) throws IOException {
        Map<String, List<String>> entries = new TreeMap<>();
        for (JsonNode entry : json("map", "dump", "id", Integer.toString(id))) {
            List<String> values = new ArrayList<>();
            if (entry.has("values")) {
                entry.path("values").forEach(one -> values.add(hex(one.path("value"))));
            } else {
                values.add(hex(entry.path("value")));
            }
            entries.put(hex(entry.path("key")), values);
        }
        return entries;
    }

    private static String hex(JsonNode bytes) {
        StringBuilder text = new StringBuilder();
        bytes.forEach(one -> text.append(one.asText().substring(2)));
        return text.toString();
    }

    /** {@code verified_insns} of the programs that a process holds, by id: bpftool of this age does not show them. */
    private static Map<Integer, Long> verified(BootedGuest guest, int pid) {
        Map<Integer, Long> verified = new HashMap<>();
        for (int fd = 0; fd < DESCRIPTORS; fd++) {
            Optional<String> info = text(guest, "/proc/" + pid + "/fdinfo/" + fd);
            Optional<Long> id = info.flatMap(text -> number("prog_id", text));
            Optional<Long> insns = info.flatMap(text -> number("verified_insns", text));
            if (id.isPresent() && insns.isPresent()) {
                verified.put(id.get().intValue(), insns.get());
            }
        }
        return verified;
    }

    private static Optional<Long> number(String key, String info) {
        Matcher m = Pattern.compile("(?m)^" + key + ":\\s+(\\d+)$").matcher(info);
        return m.find() ? Optional.of(Long.parseLong(m.group(1))) : Optional.empty();
    }

    private static int pid(BootedGuest guest, String comm) {
        for (int pid = 2; pid < PIDS; pid++) {
            if (text(guest, "/proc/" + pid + "/comm").filter(comm::equals).isPresent()) {
                return pid;
            }
        }
        throw new AssertionError("the guest has no process " + comm);
    }

    /** A file of the guest; empty when there is none. */
    private static Optional<String> text(BootedGuest guest, String path) {
        try {
            return Optional.of(guest.readText(path));
        } catch (GuestException e) {
            assertThat(e.kind()).isEqualTo(GuestException.Kind.AGENT);
            return Optional.empty();
        }
    }

    /** Holds when what was read from outside is what the guest says. */
    static void agrees(BootedGuest guest, String comm, List<BpfProgram> read) throws IOException {
        Map<Integer, JsonNode> shown = new Bpftool(guest).programs();
        Map<Integer, Long> verified = verified(guest, pid(guest, comm));
        assertThat(read).isNotEmpty().allSatisfy(program -> {
            JsonNode truth = shown.get(program.id());
            assertThat(truth).as(program.name()).isNotNull();
            assertThat(truth.path("type").asText()).isEqualTo(program.type());
            assertThat(program.name()).startsWith(truth.path("name").asText());
            assertThat(program.jitedBytes()).hasValue(truth.path("bytes_jited").asLong());
            assertThat(program.verifiedInsns()).as(program.name()).hasValue(verified.get(program.id()));
        });
    }
}
