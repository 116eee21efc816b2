package dev.ktstr.kernel.source;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A mirror on loopback that serves bytes, and behaves badly where it is told to. */
public final class Mirror implements AutoCloseable {
    /** Patient with a loaded machine, and quick to try again. */
    static final Network FAST = new Network(
            Duration.ofSeconds(20), Duration.ofSeconds(20), 3, Duration.ofMillis(1), Duration.ofSeconds(60));

    /** For servers that stall. */
    static final Network IMPATIENT = new Network(
            Duration.ofSeconds(20), Duration.ofMillis(300), 3, Duration.ofMillis(1), Duration.ofSeconds(60));

    public final Map<String, byte[]> files = new ConcurrentHashMap<>();
    public final List<String> requests = new CopyOnWriteArrayList<>();
    private final Map<String, Behaviour> behaviours = new ConcurrentHashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** Answers a request in a test's own way; false leaves it to the mirror. */
    public interface Behaviour {
        boolean answer(HttpExchange exchange, int nth) throws Exception;
    }

    public Mirror() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/" + path);
    }

    KernelOrg.Sites sites() {
        return new KernelOrg.Sites(uri("releases.json"), uri("pub"), uri("t"));
    }

    public void behave(String path, Behaviour behaviour) {
        behaviours.put("/" + path, behaviour);
    }

    /** Waits until the mirror is closed: a server that stalls. */
    public void stall() throws InterruptedException {
        closing.await();
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String range = exchange.getRequestHeaders().getFirst("Range");
        requests.add(path + (range == null ? "" : " " + range));
        int nth = (int) requests.stream()
                .filter(r -> r.equals(path) || r.startsWith(path + " "))
                .count();
        try (exchange) {
            Behaviour behaviour = behaviours.get(path);
            if (behaviour == null || !behaviour.answer(exchange, nth)) {
                answer(exchange, files.get(path.substring(1)), range);
            }
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private static void answer(HttpExchange exchange, byte[] file, String range) throws IOException {
        if (file == null) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        int from = range == null ? 0 : Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
        if (from >= file.length) {
            exchange.getResponseHeaders().set("Content-Range", "bytes */" + file.length);
            exchange.sendResponseHeaders(416, -1);
            return;
        }
        if (range != null) {
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + from + "-" + (file.length - 1) + "/" + file.length);
        }
        exchange.sendResponseHeaders(range == null ? 200 : 206, file.length - from);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(file, from, file.length - from);
        }
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
