package dev.ktstr.kernel.remote;

import dev.ktstr.kernel.internal.HttpTransfer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A server that takes PUT, GET and HEAD below a URL. */
final class HttpBlobs implements Blobs {
    /** A transfer slower than this is not worth waiting for: unpacking a package again would be faster. */
    private static final long LEAST_BYTES_PER_S = 512 << 10;

    private final URI base;
    private final HttpTransfer http;
    private final Duration limit;

    /**
     * Below that URL.
     *
     * @param limit how long a small request may take, and a server be silent
     */
    HttpBlobs(URI base, Duration connect, Duration limit) {
        this.base = base;
        this.http = new HttpTransfer(connect, limit);
        this.limit = limit;
    }

    @Override
    public boolean has(String name) throws IOException {
        return found(http.head(at(name), limit), "HEAD");
    }

    @Override
    public boolean get(String name, Path to, long max) throws IOException {
        return found(http.get(at(name), to, max, limit(max)), "GET");
    }

    @Override
    public void put(String name, Path from) throws IOException {
        int status = http.put(at(name), from, limit(Files.size(from)));
        if (status / 100 != 2) {
            throw refused("PUT", status);
        }
    }

    private static boolean found(int status, String method) throws IOException {
        if (status == 200 || status == 404) {
            return status == 200;
        }
        throw refused(method, status);
    }

    private static IOException refused(String method, int status) {
        String hint = switch (status) {
            case 401, 403 -> "; put user and password into its URL, or use -Dktstr.remoteCache.readOnly";
            case 405 -> "; it does not take " + method + ", so use -Dktstr.remoteCache.readOnly";
            case 413 -> "; it takes no files of that size (nginx: client_max_body_size)";
            case 409 -> "; it makes no folders (nginx: create_full_put_path on)";
            case 507 -> "; it is full";
            default -> "";
        };
        return new IOException("it answers " + method + " with status " + status + hint);
    }

    private Duration limit(long bytes) {
        return limit.plusSeconds(bytes / LEAST_BYTES_PER_S);
    }

    private URI at(String name) {
        String text = base.toString();
        return URI.create(text.endsWith("/") ? text + name : text + "/" + name);
    }
}
