package dev.ktstr.kernel.source;

import dev.ktstr.kernel.KernelException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

    private static final int CHUNK = 1 << 16;
    private static final String AGENT = "ktstr-kernel-build";

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
        return withAttempts(uri, () -> {
            HttpURLConnection connection = open(uri, 0);
            if (isMissing(connection)) {
                return new Attempt<>(true, Optional.empty());
            }
            try (InputStream in = connection.getInputStream()) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                byte[] read = in.readNBytes(max + 1);
                bytes.writeBytes(read);
                if (read.length > max) {
                    throw new KernelException(
                            uri + " has more than " + max + " bytes, which is not what is expected there");
                }
                checkLength(connection, read.length);
                return new Attempt<>(true, Optional.of(bytes.toByteArray()));
            }
        });
    }

    /**
     * Gets a file; what is already in {@code part} is taken for its beginning.
     *
     * @param progress hears how many bytes are there, now and then
     * @return false when the server has no such file
     * @throws KernelException when it cannot be had; {@code part} keeps what came
     */
    public boolean download(URI uri, Path part, LongConsumer progress) {
        return withAttempts(uri, () -> {
            long have = size(part);
            HttpURLConnection connection = open(uri, have);
            if (isMissing(connection)) {
                return new Attempt<>(true, false);
            }
            if (connection.getResponseCode() == 416) { // Range Not Satisfiable: nothing is left, or the part is foreign
                if (("bytes */" + have).equals(connection.getHeaderField("Content-Range"))) {
                    return new Attempt<>(true, true);
                }
                Files.delete(part);
                throw new Again("what was there already does not fit the file");
            }
            boolean resumed = connection.getResponseCode() == HttpURLConnection.HTTP_PARTIAL
                    && startsAt(connection.getHeaderField("Content-Range"), have);
            long start = resumed ? have : 0;
            try {
                append(connection, part, start, progress);
            } catch (IOException e) {
                if (size(part) - have >= CHUNK) {
                    return new Attempt<>(false, false); // it brought something: go on from there
                }
                throw e;
            }
            return new Attempt<>(true, true);
        });
    }

    private static boolean startsAt(String contentRange, long have) {
        return contentRange != null && contentRange.startsWith("bytes " + have + "-");
    }

    private static void append(HttpURLConnection connection, Path part, long start, LongConsumer progress)
            throws IOException {
        long at = start;
        try (InputStream in = connection.getInputStream();
                OutputStream out = start > 0
                        ? Files.newOutputStream(part, StandardOpenOption.APPEND)
                        : Files.newOutputStream(part)) {
            byte[] chunk = new byte[CHUNK];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                write(out, chunk, n, part);
                at += n;
                progress.accept(at);
            }
        }
        checkLength(connection, at - start);
    }

    private static void write(OutputStream out, byte[] chunk, int length, Path part) {
        try {
            out.write(chunk, 0, length);
        } catch (IOException e) {
            throw new KernelException(
                    "cannot write " + part + ": " + e.getMessage()
                            + "; make room there, or move the cache with KTSTR_CACHE_DIR",
                    e);
        }
    }

    private static void checkLength(HttpURLConnection connection, long got) throws IOException {
        long expected = connection.getContentLengthLong();
        if (expected >= 0 && got < expected) {
            throw new Again("it ended after " + got + " of " + expected + " bytes");
        }
    }

    private HttpURLConnection open(URI uri, long from) throws IOException {
        URLConnection opened = uri.toURL().openConnection();
        if (!(opened instanceof HttpURLConnection connection)) {
            throw new KernelException(uri + " is not an http or https address");
        }
        connection.setConnectTimeout((int) connect.toMillis());
        connection.setReadTimeout((int) stall.toMillis());
        connection.setUseCaches(false);
        connection.setRequestProperty("User-Agent", AGENT);
        if (from > 0) {
            connection.setRequestProperty("Range", "bytes=" + from + "-");
        }
        int status = connection.getResponseCode();
        if (status == 429 || status >= 500) {
            connection.disconnect();
            throw new Again("it answers with status " + status);
        }
        boolean good = status == 200 || status == 206 || (status == 416 && from > 0) || isMissing(connection);
        if (!good) {
            connection.disconnect();
            throw new KernelException("cannot get " + uri + ": the server answers with status " + status);
        }
        return connection;
    }

    private static boolean isMissing(HttpURLConnection connection) throws IOException {
        return connection.getResponseCode() == 404 || connection.getResponseCode() == 410;
    }

    private static long size(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    private record Attempt<T>(boolean done, T value) {}

    @FunctionalInterface
    private interface Try<T> {
        Attempt<T> once() throws IOException;
    }

    private <T> T withAttempts(URI uri, Try<T> attempt) {
        if (!"http".equals(uri.getScheme()) && !"https".equals(uri.getScheme())) {
            throw new KernelException(uri + " is not an http or https address");
        }
        long deadline = System.nanoTime() + limit.toNanos();
        IOException last = new IOException("it takes longer than " + limit.toMinutes() + " min");
        int empty = 0;
        while (empty < attempts && System.nanoTime() < deadline) {
            try {
                Attempt<T> result = attempt.once();
                if (result.done()) {
                    return result.value();
                }
                empty = 0;
            } catch (IOException e) {
                last = e;
                empty++;
                if (empty < attempts) {
                    pause(backoff.multipliedBy(1L << (empty - 1)), uri);
                }
            }
        }
        throw new KernelException(
                "cannot get " + uri + ": " + why(last) + " (" + empty + " attempts in a row brought nothing). "
                        + "Try again later, or name another mirror with -Dktstr.kernel.mirror=URL",
                last);
    }

    private String why(IOException e) {
        if (e instanceof java.net.SocketTimeoutException) {
            return "the server sent nothing for " + stall.toSeconds() + " s";
        }
        if (e instanceof java.net.UnknownHostException) {
            return "the host " + e.getMessage() + " is not known";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static void pause(Duration wait, URI uri) {
        try {
            Thread.sleep(wait.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KernelException("interrupted while getting " + uri, e);
        }
    }
}
