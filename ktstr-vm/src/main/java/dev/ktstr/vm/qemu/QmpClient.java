package dev.ktstr.vm.qemu;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ktstr.vm.VmException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A client of the QEMU Machine Protocol: one JSON object per line, a greeting, commands with ids, events in between
 * (docs/interop/qmp-spec.rst of QEMU).
 *
 * <p>{@link #run()} reads until the peer closes; it is called once, on a thread of the owner's. Commands may come from
 * any other thread.
 */
final class QmpClient {
    /** No message that we cause is near this; a longer line is not QMP. */
    static final int MAX_LINE = 1 << 20;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final InputStream in;
    private final WritableByteChannel out;
    private final BiConsumer<String, JsonNode> onEvent;
    private final AtomicLong ids = new AtomicLong();
    private final Map<Long, CompletableFuture<JsonNode>> pending = new ConcurrentHashMap<>();
    private final CompletableFuture<String> greeting = new CompletableFuture<>();
    private final Object writeLock = new Object();
    private volatile @Nullable VmException ended;

    /**
     * Makes a client; nothing is read yet.
     *
     * @param out where commands go; a channel, because two {@code Channels} streams of one socket share a lock, and the
     *     one that waits for input would keep the other from writing
     * @param onEvent called on the reading thread with name and data of every event
     */
    QmpClient(InputStream in, WritableByteChannel out, BiConsumer<String, JsonNode> onEvent) {
        this.in = in;
        this.out = out;
        this.onEvent = onEvent;
    }

    /**
     * Waits for the greeting and leaves negotiation mode.
     *
     * @return QEMU's version as the greeting says it
     * @throws VmException when the peer is not QEMU or does not answer in time
     */
    String negotiate(Duration timeout) {
        String version = await(greeting, "QMP greeting", timeout);
        execute("qmp_capabilities", timeout);
        return version;
    }

    /**
     * Executes a command without arguments.
     *
     * @throws VmException when QEMU refuses it, has ended, or does not answer in time
     */
    JsonNode execute(String command, Duration timeout) {
        return execute(command, Map.of(), timeout);
    }

    /** Executes a command with arguments: text, numbers, booleans, and lists and maps of those. */
    JsonNode execute(String command, Map<String, ?> arguments, Duration timeout) {
        long id = ids.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        pending.put(id, answer);
        try {
            VmException over = ended;
            if (over != null) {
                throw new VmException("QMP command '" + command + "' was not sent: " + over.getMessage(), over);
            }
            ObjectNode message = JSON.createObjectNode().put("execute", command).put("id", id);
            if (!arguments.isEmpty()) {
                message.set("arguments", JSON.valueToTree(arguments));
            }
            ByteBuffer line = ByteBuffer.wrap((message + "\n").getBytes(StandardCharsets.UTF_8));
            synchronized (writeLock) {
                while (line.hasRemaining()) {
                    out.write(line);
                }
            }
            return await(answer, "QMP command '" + command + "'", timeout);
        } catch (IOException e) {
            throw new VmException("QMP command '" + command + "' could not be sent: " + e.getMessage(), e);
        } finally {
            pending.remove(id);
        }
    }

    private static <T> T await(CompletableFuture<T> future, String what, Duration timeout) {
        try {
            return future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new VmException(
                    what + ": QEMU did not answer within " + timeout.toMillis() + " ms; the host may be overloaded", e);
        } catch (ExecutionException e) {
            throw new VmException(what + ": " + e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VmException(what + ": interrupted while waiting for QEMU", e);
        }
    }

    /** Reads until the peer closes or talks nonsense; then everything that waits fails, with the reason. */
    void run() {
        VmException why;
        try {
            for (String line = readLine(); line != null; line = readLine()) {
                if (!line.isBlank()) {
                    dispatch(line);
                }
            }
            why = new VmException("QEMU has closed its monitor");
        } catch (IOException e) {
            why = new VmException("the connection to QEMU's monitor broke: " + e.getMessage(), e);
        } catch (VmException e) {
            why = e;
        }
        ended = why;
        greeting.completeExceptionally(why);
        for (CompletableFuture<JsonNode> waiting : pending.values()) {
            waiting.completeExceptionally(why);
        }
    }

    private @Nullable String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                return line.toString(StandardCharsets.UTF_8);
            }
            if (line.size() >= MAX_LINE) {
                throw new VmException(
                        "QEMU's monitor sent a line of more than " + MAX_LINE + " bytes, which is not QMP");
            }
            line.write(b);
        }
        return null;
    }

    private void dispatch(String line) {
        JsonNode message;
        try {
            message = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new VmException("QEMU's monitor sent what is not QMP: '" + clip(line) + "'", e);
        }
        if (message.has("QMP")) {
            JsonNode version = message.path("QMP").path("version").path("qemu");
            greeting.complete(
                    version.path("major").asInt() + "." + version.path("minor").asInt() + "."
                            + version.path("micro").asInt());
        } else if (message.path("event").isTextual()) {
            onEvent.accept(message.path("event").asText(), message.path("data"));
        } else if (message.has("return")) {
            CompletableFuture<JsonNode> answer = pending.get(message.path("id").asLong(-1));
            if (answer != null) {
                answer.complete(message.path("return"));
            }
        } else if (message.has("error")) {
            VmException refused = new VmException(
                    "QEMU refused: " + message.path("error").path("class").asText("?") + ": "
                            + message.path("error").path("desc").asText("no description"));
            CompletableFuture<JsonNode> answer = pending.get(message.path("id").asLong(-1));
            if (answer == null) {
                throw refused;
            }
            answer.completeExceptionally(refused);
        } else {
            throw new VmException("QEMU's monitor sent what is not QMP: '" + clip(line) + "'");
        }
    }

    private static String clip(String line) {
        return line.length() <= 120 ? line : line.substring(0, 120) + "…";
    }
}
