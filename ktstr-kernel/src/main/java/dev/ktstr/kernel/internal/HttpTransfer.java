package dev.ktstr.kernel.internal;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Moves files over HTTP in bounded time, one attempt each: a server that refuses, lies about sizes, drips or falls silent
 * ends in an {@link IOException} that says so. A user and password in the URL are sent as Basic authorization and never
 * shown. Who tries again, and goes on where it stopped, is {@link dev.ktstr.kernel.source.Network}.
 */
public final class HttpTransfer {
    private static final long POLL_MS = 50;

    private static final int PARTIAL = 206;

    private final HttpClient client;
    private final Duration stall;

    /** What came could not be kept: nothing that another attempt would mend. */
    public static final class NotKept extends IOException {
        private static final long serialVersionUID = 1L;

        NotKept(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * How a server answered.
     *
     * @param status the HTTP status
     * @param contentRange the header {@code Content-Range}, or null
     */
    public record Answer(int status, @Nullable String contentRange) {
        private static Answer of(HttpResponse.ResponseInfo info) {
            return new Answer(
                    info.statusCode(),
                    info.headers().firstValue("Content-Range").orElse(null));
        }
    }

    /**
     * A client.
     *
     * @param connect how long a connection may take
     * @param stall how long a server may send nothing
     */
    public HttpTransfer(Duration connect, Duration stall) {
        this.client = HttpClient.newBuilder()
                .connectTimeout(connect)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        this.stall = stall;
    }

    /**
     * Gets a file.
     *
     * @param to written anew; half a file may be left when this throws
     * @param max the most bytes to take
     * @param total how long all of it may take
     * @return the status; something is written for 200 only
     */
    public int get(URI uri, Path to, long max, Duration total) throws IOException {
        return get(uri, to, 0, max, total, at -> {}).status();
    }

    /**
     * Gets a file, or the rest of it.
     *
     * @param to half of it may be left when this throws
     * @param from what of {@code to} is already there and stays, if the server sends the rest (206); with 200 it sends all,
     *     and that replaces what is there. With any other status nothing is written.
     * @param max the most bytes the file may have
     * @param total how long all of it may take
     * @param progress hears how many bytes are there, from a thread of the client
     * @throws NotKept when {@code to} cannot be written, or the file is larger than {@code max}
     */
    public Answer get(URI uri, Path to, long from, long max, Duration total, LongConsumer progress) throws IOException {
        HttpRequest.Builder request = request(uri).GET();
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        try (Output out = new Output(start -> open(to, start))) {
            return get(request.build(), out, from, max, total, progress);
        }
    }

    private static WritableByteChannel open(Path to, long start) throws IOException {
        FileChannel channel = FileChannel.open(to, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        return channel.truncate(start).position(start);
    }

    /**
     * Gets a small file into memory.
     *
     * @param to what its bytes are added to, when the status is 200
     * @param max the most bytes it may have
     * @throws NotKept when it has more
     */
    public Answer get(URI uri, ByteArrayOutputStream to, long max, Duration total) throws IOException {
        try (Output out = new Output(start -> Channels.newChannel(to))) {
            return get(request(uri).GET().build(), out, 0, max, total, at -> {});
        }
    }

    private Answer get(HttpRequest request, Output out, long from, long max, Duration total, LongConsumer progress)
            throws IOException {
        AtomicLong heard = new AtomicLong(System.nanoTime());
        return await(request, total, heard, info -> {
            heard.set(System.nanoTime());
            Answer answer = Answer.of(info);
            boolean rest = answer.status() == PARTIAL
                    && from > 0
                    && answer.contentRange() != null
                    && answer.contentRange().startsWith("bytes " + from + "-");
            if (answer.status() != 200 && !rest) {
                return BodySubscribers.replacing(answer);
            }
            return new Sink(answer, out, rest ? from : 0, max, at -> {
                heard.set(System.nanoTime());
                progress.accept(at);
            });
        });
    }

    /** Asks for the status of a file. */
    public int head(URI uri, Duration total) throws IOException {
        return await(
                        request(uri)
                                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                                .build(),
                        total,
                        new AtomicLong(System.nanoTime()),
                        info -> BodySubscribers.replacing(Answer.of(info)))
                .status();
    }

    /**
     * Sends a file.
     *
     * @param total how long all of it may take
     * @return the status
     */
    public int put(URI uri, Path from, Duration total) throws IOException {
        // What is sent is not seen from here; only the whole is bounded.
        AtomicLong never = new AtomicLong(System.nanoTime() + total.toNanos());
        return await(
                        request(uri)
                                .PUT(HttpRequest.BodyPublishers.ofFile(from))
                                .build(),
                        total,
                        never,
                        info -> BodySubscribers.replacing(Answer.of(info)))
                .status();
    }

    /** A URL without user and password. */
    public static String shown(URI uri) {
        return uri.getRawUserInfo() == null ? uri.toString() : uri.toString().replace(uri.getRawUserInfo() + "@", "");
    }

    private static HttpRequest.Builder request(URI uri) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(shown(uri))).header("User-Agent", "ktstr");
        if (uri.getUserInfo() != null) {
            String credentials =
                    Base64.getEncoder().encodeToString(uri.getUserInfo().getBytes(StandardCharsets.UTF_8));
            request.header("Authorization", "Basic " + credentials);
        }
        return request;
    }

    private Answer await(HttpRequest request, Duration total, AtomicLong heard, HttpResponse.BodyHandler<Answer> body)
            throws IOException {
        long deadline = System.nanoTime() + total.toNanos();
        CompletableFuture<HttpResponse<Answer>> response = client.sendAsync(request, body);
        try {
            while (true) {
                try {
                    return response.get(POLL_MS, TimeUnit.MILLISECONDS).body();
                } catch (TimeoutException e) {
                    long now = System.nanoTime();
                    if (now - heard.get() > stall.toNanos()) {
                        throw new IOException("the server sent nothing for " + seconds(stall) + " s", e);
                    }
                    if (now > deadline) {
                        throw new IOException("it was not done within " + seconds(total) + " s", e);
                    }
                }
            }
        } catch (ExecutionException e) {
            throw failed(request.uri(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            response.cancel(true);
        }
    }

    /** Whole seconds, and one of those begun: no limit is shown as none. */
    private static long seconds(Duration limit) {
        return limit.plusMillis(999).toSeconds();
    }

    private static IOException failed(URI uri, Throwable cause) {
        for (Throwable e = cause; e != null; e = e.getCause()) {
            if (e instanceof NotKept notKept) {
                return notKept;
            }
            if (e instanceof UnresolvedAddressException) {
                return new IOException("the host " + uri.getHost() + " is not known", cause);
            }
        }
        boolean silent = cause.getMessage() == null || cause.getMessage().isBlank();
        if (silent && cause instanceof ConnectException) { // the client does not say why
            return new IOException("nobody listens at " + uri.getRawAuthority() + ", or it refuses connections", cause);
        }
        String why = silent ? cause.getClass().getSimpleName() : cause.getMessage();
        return new IOException(why.startsWith("fixed content-length") ? "it ended early (" + why + ")" : why, cause);
    }

    /** Opens what a body goes into, so far as it is there already. */
    @FunctionalInterface
    private interface Opener {
        WritableByteChannel open(long start) throws IOException;
    }

    /** What a body goes into: opened when there is a body, closed when nobody waits for it any more. */
    private static final class Output implements Closeable {
        private final Opener opener;
        private @Nullable WritableByteChannel channel;
        private boolean closed;

        Output(Opener opener) {
            this.opener = opener;
        }

        synchronized void write(ByteBuffer bytes, long start) throws IOException {
            if (closed) {
                throw new IOException("nobody waits for it any more");
            }
            try {
                if (channel == null) {
                    channel = opener.open(start);
                }
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            } catch (IOException e) {
                throw new NotKept(String.valueOf(e.getMessage()), e);
            }
        }

        @Override
        public synchronized void close() throws IOException {
            closed = true;
            if (channel != null) {
                channel.close();
            }
        }
    }

    /** Writes a body to an output, up to a limit. */
    private static final class Sink implements BodySubscriber<Answer> {
        private final Answer answer;
        private final Output out;
        private final long start;
        private final long max;
        private final LongConsumer progress;
        private final CompletableFuture<Answer> done = new CompletableFuture<>();
        private final CompletableFuture<Flow.Subscription> source = new CompletableFuture<>();
        private long size;

        Sink(Answer answer, Output out, long start, long max, LongConsumer progress) {
            this.answer = answer;
            this.out = out;
            this.start = start;
            this.size = start;
            this.max = max;
            this.progress = progress;
        }

        @Override
        public CompletionStage<Answer> getBody() {
            return done;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            source.complete(subscription);
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            try {
                for (ByteBuffer buffer : buffers) {
                    size += buffer.remaining();
                    if (size > max) {
                        throw new NotKept("it sends more than " + max + " bytes", null);
                    }
                    out.write(buffer, start);
                }
                progress.accept(size);
            } catch (IOException e) {
                source.join().cancel();
                done.completeExceptionally(e);
            }
        }

        @Override
        public void onError(Throwable failure) {
            done.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            try {
                out.write(ByteBuffer.allocate(0), start); // an empty body makes an empty file
                done.complete(answer);
            } catch (IOException e) {
                done.completeExceptionally(e);
            }
        }
    }
}
