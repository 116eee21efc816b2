package dev.ktstr.kernel.source;

import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.internal.HttpTransfer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Gets files over HTTP from servers that may stall, break off or lie about lengths.
 *
 * <p>A transfer that stops goes on where it stopped. Attempts that bring nothing are counted; between them the wait doubles.
 *
 * @param connect how long a connection may take
 * @param stall how long a server may send nothing
 * @param attempts how often in a row an attempt may bring nothing
 * @param backoff the first wait between attempts
 * @param limit how long one file may take in all
 */
public record Network(Duration connect, Duration stall, int attempts, Duration backoff, Duration limit) {
    /** For real mirrors. */
    public static final Network STANDARD =
            new Network(Duration.ofSeconds(15), Duration.ofSeconds(30), 5, Duration.ofSeconds(1), Duration.ofHours(1));

    /** An attempt that brought as much was worth it, and is not counted. */
    private static final int WORTH_IT = 1 << 16;

    /** A transfer that may succeed when tried again. */
    private static final class Again extends IOException {
        private static final long serialVersionUID = 1L;

        Again(String message) {
            super(message);
        }
    }

    /**
     * Gets a small file.
     *
     * @param max the most bytes it may have
     * @return empty when the server has no such file
     * @throws KernelException when it cannot be had
     */
    public Optional<byte[]> small(URI uri, int max) {
        return withAttempts(uri, (http, left) -> {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try {
                int status = http.get(uri, bytes, max, left).status();
                return new Attempt<>(true, isThere(uri, status) ? Optional.of(bytes.toByteArray()) : Optional.empty());
            } catch (HttpTransfer.NotKept e) {
                throw new KernelException(
                        HttpTransfer.shown(uri) + " has more than " + max
                                + " bytes, which is not what is expected there",
                        e);
            }
        });
    }

    /**
     * Gets a file; what is already in {@code part} is taken for its beginning.
     *
     * @param max the most bytes it may have
     * @param progress hears how many bytes are there, now and then
     * @return false when the server has no such file
     * @throws KernelException when it cannot be had; {@code part} keeps what came
     */
    public boolean download(URI uri, Path part, long max, LongConsumer progress) {
        return withAttempts(uri, (http, left) -> {
            long have = size(part);
            HttpTransfer.Answer answer;
            try {
                answer = http.get(uri, part, have, max, left, progress);
            } catch (HttpTransfer.NotKept e) {
                throw new KernelException(
                        "cannot write " + part + ": " + e.getMessage()
                                + "; make room there, or move the cache with KTSTR_CACHE_DIR",
                        e);
            } catch (IOException e) {
                if (size(part) - have >= WORTH_IT) {
                    return new Attempt<>(false, false); // it brought something: go on from there
                }
                throw e;
            }
            return switch (answer.status()) {
                case 416 -> { // Range Not Satisfiable: nothing is left, or the part is foreign
                    if (("bytes */" + have).equals(answer.contentRange())) {
                        yield new Attempt<>(true, true);
                    }
                    Files.deleteIfExists(part);
                    throw new Again("what was there already does not fit the file");
                }
                case 206 -> {
                    boolean asked = String.valueOf(answer.contentRange()).startsWith("bytes " + have + "-");
                    if (have == 0 || !asked) {
                        Files.deleteIfExists(part);
                        throw new Again("it sends another part than was asked for");
                    }
                    yield new Attempt<>(true, true);
                }
                default -> new Attempt<>(true, isThere(uri, answer.status()));
            };
        });
    }

    private static boolean isThere(URI uri, int status) throws IOException {
        if (status == 200) {
            return true;
        }
        if (status == 404 || status == 410) {
            return false;
        }
        if (status == 429 || status >= 500) {
            throw new Again("it answers with status " + status);
        }
        throw new KernelException(
                "cannot get " + HttpTransfer.shown(uri) + ": the server answers with status " + status);
    }

    private static long size(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    private record Attempt<T>(boolean done, T value) {}

    @FunctionalInterface
    private interface Try<T> {
        Attempt<T> once(HttpTransfer http, Duration left) throws IOException;
    }

    private <T> T withAttempts(URI uri, Try<T> attempt) {
        String shown = HttpTransfer.shown(uri);
        boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
        if (!http || uri.getHost() == null) {
            throw new KernelException(shown + " is not an http or https address");
        }
        HttpTransfer transfer = new HttpTransfer(connect, stall);
        long deadline = System.nanoTime() + limit.toNanos();
        IOException last = new IOException("it takes longer than " + limit.toMinutes() + " min");
        int empty = 0;
        for (long left = limit.toNanos(); empty < attempts && left > 0; left = deadline - System.nanoTime()) {
            try {
                Attempt<T> result = attempt.once(transfer, Duration.ofNanos(left));
                if (result.done()) {
                    return result.value();
                }
                empty = 0;
            } catch (IOException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw interrupted(shown, e);
                }
                last = e;
                empty++;
                if (empty < attempts) {
                    pause(backoff.multipliedBy(1L << (empty - 1)), shown);
                }
            }
        }
        throw new KernelException(
                "cannot get " + shown + ": " + last.getMessage() + " (" + empty
                        + " attempts in a row brought nothing). Try again later, or name another server"
                        + " (-Dktstr.kernel.mirror=URL for the releases of Linux)",
                last);
    }

    private static void pause(Duration wait, String shown) {
        try {
            Thread.sleep(wait.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(shown, e);
        }
    }

    private static KernelException interrupted(String shown, Exception e) {
        return new KernelException("interrupted while getting " + shown, e);
    }
}
