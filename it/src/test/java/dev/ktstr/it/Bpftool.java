package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ktstr.Guest;
import dev.ktstr.guest.ElfClosure;
import dev.ktstr.guest.GuestException;
import dev.ktstr.guest.GuestFile;
import dev.ktstr.run.BootedGuest;
import dev.ktstr.vm.bpf.BpfProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the guest itself says about its BPF programs: the distribution's bpftool, and the descriptors of the one who loaded them. */
final class Bpftool {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int DESCRIPTORS = 64;
    private static final int PIDS = 2048;

    private Bpftool() {}

    /** The programs as {@code bpftool prog show} has them, by id. */
    private static Map<Integer, JsonNode> programs(BootedGuest guest) throws IOException {
        Path tool = Stream.of("/usr/sbin/bpftool", "/usr/bin/bpftool")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
        List<GuestFile> files = new ArrayList<>();
        for (ElfClosure.Entry entry : ElfClosure.of(tool, List.of())) {
            files.add(GuestFile.of(entry.guestPath(), 0755, entry.hostPath()));
        }
        guest.session().send(files, LIMIT);
        Guest.Exec ended = guest.exec(List.of(files.get(0).path(), "--json", "prog", "show"), LIMIT);
        assertThat(ended.exitCode()).as(ended.output()).isZero();
        Map<Integer, JsonNode> shown = new HashMap<>();
        new ObjectMapper()
                .readTree(ended.output())
                .forEach(program -> shown.put(program.path("id").asInt(), program));
        return shown;
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
        Map<Integer, JsonNode> shown = programs(guest);
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
