package dev.ktstr.kernel.remote;

import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.RemoteCache;
import dev.ktstr.kernel.internal.HttpTransfer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/** Opens remote caches by what the user calls them. */
public final class RemoteCaches {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration LIMIT = Duration.ofSeconds(20);
    /** A folder has one limit for large files and small. */
    private static final Duration FOLDER_LIMIT = Duration.ofMinutes(2);

    private RemoteCaches() {}

    /**
     * Opens a remote cache; nothing is looked at before it is used.
     *
     * @param where an http or https URL, or a folder
     * @param readOnly whether entries are only fetched
     * @throws KernelException when it is neither
     */
    public static RemoteCache of(String where, boolean readOnly) {
        return of(where, readOnly, CONNECT, LIMIT, FOLDER_LIMIT);
    }

    static RemoteCache of(String where, boolean readOnly, Duration connect, Duration limit, Duration folderLimit) {
        if (!where.contains("://")) {
            Path folder = Path.of(where).toAbsolutePath().normalize();
            return new BlobRemoteCache(new FolderBlobs(folder, folderLimit), folder.toString(), readOnly);
        }
        URI uri;
        try {
            uri = URI.create(where);
        } catch (IllegalArgumentException e) {
            throw new KernelException("the remote cache is no URL: " + e.getMessage(), e);
        }
        boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
        if (!http || uri.getHost() == null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new KernelException("the remote cache " + HttpTransfer.shown(uri)
                    + " is no URL that can be used: http://HOST/PATH, https://HOST/PATH, or a folder is meant");
        }
        return new BlobRemoteCache(new HttpBlobs(uri, connect, limit), HttpTransfer.shown(uri), readOnly);
    }
}
