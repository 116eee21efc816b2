package dev.ktstr.vm.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.internal.linux.Memfd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Gets vCPUs and devices out of a QEMU, and into another, by its migration to a file (docs/devel/migration of QEMU). RAM is
 * left out ({@code x-ignore-shared}): it is a file of ours. What is transferred lies in memory without a name.
 */
final class StateTransfer {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final long POLL_NS = 500_000;
    /** State is a few hundred KiB; what is longer is none. */
    private static final long MAX_STATE = 64 << 20;

    private final QmpClient qmp;

    StateTransfer(QmpClient qmp) {
        this.qmp = qmp;
    }

    /** The state of a stopped guest. */
    byte[] save() throws IOException {
        ignoreSharedRam();
        try (Memfd file = Memfd.create("ktstr-state", 0)) {
            qmp.execute("migrate", Map.of("uri", "file:" + file.path()), TIMEOUT);
            await("saving the guest");
            Path path = Path.of(file.path());
            if (Files.size(path) > MAX_STATE) {
                throw new VmException("QEMU wrote " + Files.size(path) + " bytes of state, which cannot be: at most "
                        + MAX_STATE + " are expected. Is guest RAM among them?");
            }
            return Files.readAllBytes(path);
        }
    }

    /** Takes the state over; the guest is stopped then. */
    void load(byte[] state) {
        ignoreSharedRam();
        try (Memfd file = Memfd.create("ktstr-state", 0)) {
            try (FileChannel channel = FileChannel.open(Path.of(file.path()), StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(state);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
            qmp.execute("migrate-incoming", Map.of("uri", "file:" + file.path()), TIMEOUT);
            await("taking over the saved guest");
        } catch (IOException e) {
            throw new VmException("handing the saved state to QEMU failed: " + e.getMessage(), e);
        }
    }

    private void ignoreSharedRam() {
        qmp.execute(
                "migrate-set-capabilities",
                Map.of("capabilities", List.of(Map.of("capability", "x-ignore-shared", "state", true))),
                TIMEOUT);
    }

    private void await(String what) {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (true) {
            JsonNode answer = qmp.execute("query-migrate", TIMEOUT);
            String status = answer.path("status").asText("none");
            switch (status) {
                case "completed" -> {
                    return;
                }
                case "failed", "cancelled" ->
                    throw new VmException(
                            what + " failed: " + answer.path("error-desc").asText("QEMU gives no reason"));
                default -> {
                    if (System.nanoTime() - deadline > 0) {
                        throw new VmException(what + " was not done within " + TIMEOUT.toSeconds() + " s (QEMU says '"
                                + status + "')");
                    }
                    LockSupport.parkNanos(POLL_NS);
                }
            }
        }
    }
}
