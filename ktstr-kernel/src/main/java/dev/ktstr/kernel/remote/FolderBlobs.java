package dev.ktstr.kernel.remote;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A folder: on NFS, on a disk that CI keeps. Every operation has a thread of its own, for NFS can hang for good. */
final class FolderBlobs implements Blobs {
    private final Path folder;
    private final Duration limit;

    /**
     * In that folder, which need not exist yet.
     *
     * @param limit how long an operation may take
     */
    FolderBlobs(Path folder, Duration limit) {
        this.folder = folder;
        this.limit = limit;
    }

    @Override
    public boolean has(String name) throws IOException {
        return bounded(() -> Files.exists(folder.resolve(name)));
    }

    @Override
    public boolean get(String name, Path to, long max) throws IOException {
        return bounded(() -> {
            try (InputStream in = Files.newInputStream(folder.resolve(name));
                    OutputStream out = Files.newOutputStream(to)) {
                byte[] buffer = new byte[1 << 16];
                long total = 0;
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    total += n;
                    if (total > max) {
                        throw new IOException(name + " has more than " + max + " bytes");
                    }
                    out.write(buffer, 0, n);
                }
                return true;
            } catch (NoSuchFileException e) {
                return false;
            }
        });
    }

    @Override
    public void put(String name, Path from) throws IOException {
        bounded(() -> {
            Path target = folder.resolve(name);
            Files.createDirectories(target.getParent());
            Path aside = Files.createTempFile(target.getParent(), ".put", null);
            try {
                Files.copy(from, aside, StandardCopyOption.REPLACE_EXISTING);
                Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(aside);
            }
            return true;
        });
    }

    private boolean bounded(Callable<Boolean> operation) throws IOException {
        FutureTask<Boolean> task = new FutureTask<>(operation);
        Thread thread = new Thread(task, "ktstr-remote-cache");
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            task.cancel(true);
            throw new IOException("it was not done within " + limit.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IOException(String.valueOf(e.getCause()), e.getCause());
        } catch (InterruptedException e) {
            task.cancel(true);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
