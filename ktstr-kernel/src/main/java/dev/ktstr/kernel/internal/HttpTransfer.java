package dev.ktstr.kernel.internal;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
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

/**
 * Moves files over HTTP in bounded time: a server that refuses, lies about sizes, drips or falls silent ends in an
 * {@link IOException} that says so. A user and password in the URL are sent as Basic authorization and never shown.
 */
public final class HttpTransfer {
    private static final long POLL_MS = 50;

    private final HttpClient client;
    private final Duration stall;

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
        AtomicLong heard = new AtomicLong(System.nanoTime());
        try (FileChannel out = FileChannel.open(
                to, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            return await(request(uri).GET().build(), total, heard, info -> {
                heard.set(System.nanoTime());
                return info.statusCode() == 200 ? new Sink(out, max, heard) : BodySubscribers.replacing(0L);
            });
        }
    }

    /** Asks for the status of a file. */
    public int head(URI uri, Duration total) throws IOException {
        return await(
                request(uri).method("HEAD", HttpRequest.BodyPublishers.noBody()).build(),
                total,
                new AtomicLong(System.nanoTime()),
                info -> BodySubscribers.replacing(0L));
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
                request(uri).PUT(HttpRequest.BodyPublishers.ofFile(from)).build(),
                total,
                never,
                info -> BodySubscribers.replacing(0L));
    }

    /** A URL without user and password. */
    public static String shown(URI uri) {
        return uri.getRawUserInfo() == null ? uri.toString() : uri.toString().replace(uri.getRawUserInfo() + "@", "");
    }

    private static HttpRequest.Builder request(URI uri) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(shown(uri)));
        if (uri.getUserInfo() != null) {
            String credentials =
                    Base64.getEncoder().encodeToString(uri.getUserInfo().getBytes(StandardCharsets.UTF_8));
            request.header("Authorization", "Basic " + credentials);
        }
        return request;
    }

    private int await(HttpRequest request, Duration total, AtomicLong heard, HttpResponse.BodyHandler<Long> body)
            throws IOException {
        long deadline = System.nanoTime() + total.toNanos();
        CompletableFuture<HttpResponse<Long>> response = client.sendAsync(request, body);
        try {
            while (true) {
                try {
                    return response.get(POLL_MS, TimeUnit.MILLISECONDS).statusCode();
                } catch (TimeoutException e) {
                    long now = System.nanoTime();
                    if (now - heard.get() > stall.toNanos()) {
                        throw new IOException("nothing was heard for " + stall.toSeconds() + " s", e);
                    }
                    if (now > deadline) {
                        throw new IOException("it was not done within " + total.toSeconds() + " s", e);
                    }
                }
            }
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            String why = cause.getMessage() == null || cause.getMessage().isBlank()
                    ? cause.getClass().getSimpleName()
                    : cause.getMessage();
            throw new IOException(why, cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            response.cancel(true);
        }
    }

    /** Writes a body to a file, up to a limit. */
    private static final class Sink implements BodySubscriber<Long> {
        private final FileChannel out;
        private final long max;
        private final AtomicLong heard;
        private final CompletableFuture<Long> done = new CompletableFuture<>();
        private final CompletableFuture<Flow.Subscription> source = new CompletableFuture<>();
        private long size;

        Sink(FileChannel out, long max, AtomicLong heard) {
            this.out = out;
            this.max = max;
            this.heard = heard;
        }

        @Override
        public CompletionStage<Long> getBody() {
            return done;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            source.complete(subscription);
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            heard.set(System.nanoTime());
            try {
                for (ByteBuffer buffer : buffers) {
                    size += buffer.remaining();
                    if (size > max) {
                        throw new IOException("it sends more than " + max + " bytes");
                    }
                    while (buffer.hasRemaining()) {
                        out.write(buffer);
                    }
                }
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
            done.complete(size);
        }
    }
}
