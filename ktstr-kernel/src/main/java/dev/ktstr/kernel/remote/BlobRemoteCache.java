package dev.ktstr.kernel.remote;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.ktstr.kernel.FetchListener;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.RemoteCache;
import dev.ktstr.kernel.internal.Folders;
import dev.ktstr.kernel.internal.ImageFolder;
import dev.ktstr.kernel.internal.Metadata;
import dev.ktstr.kernel.internal.Sha256;
import dev.ktstr.kernel.internal.Stamp;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Entries as blobs, in the two name spaces that Bazel's HTTP caches have: {@code ac/SHA256-OF-THE-KEY} is an entry's
 * {@link Manifest}, {@code cas/SHA256} a file of it packed by zstd, under the digest of the packed bytes. The manifest is
 * written last, so an entry that it names is there.
 */
final class BlobRemoteCache implements RemoteCache {
    private static final int ZSTD_LEVEL = 6;

    private final Blobs blobs;
    private final String name;
    private final boolean readOnly;
    /** Once it failed it is left alone: to find that out again costs every further kernel the time of a limit. */
    private volatile boolean off;

    BlobRemoteCache(Blobs blobs, String name, boolean readOnly) {
        this.blobs = blobs;
        this.name = name;
        this.readOnly = readOnly;
    }

    @Override
    public boolean fetch(String key, Path entry, FetchListener listener) {
        if (off) {
            return false;
        }
        boolean whole = false;
        try {
            Path scratch = Files.createDirectories(entry.resolveSibling("remote"));
            whole = fetchInto(key, entry, scratch);
            listener.progress(
                    whole
                            ? "kernel " + key + " is from the remote cache " + name
                            : "the remote cache " + name + " has no kernel " + key);
        } catch (IOException e) {
            off = true;
            listener.progress("the remote cache " + name + " cannot be used and is left out: " + reason(e));
        } catch (KernelException e) {
            listener.progress("what the remote cache " + name + " has of " + key + " is not used: " + e.getMessage());
        } finally {
            if (!whole) {
                Folders.list(entry).forEach(Folders::remove);
            }
        }
        return whole;
    }

    private boolean fetchInto(String key, Path entry, Path scratch) throws IOException {
        Path file = scratch.resolve("manifest");
        if (!blobs.get(manifestName(key), file, Manifest.MAX_BYTES)) {
            return false;
        }
        Manifest manifest = Manifest.parse(Files.readAllBytes(file), key);
        for (Manifest.Item item : manifest.files()) {
            Path packed = scratch.resolve(item.name());
            if (!blobs.get(blobName(item), packed, item.packedSize())) {
                throw new KernelException("its " + item.name() + " is gone");
            }
            check(item.name(), item.packedSha256(), Sha256.of(packed));
            unpack(item, packed, entry.resolve(item.name()));
            Files.delete(packed);
        }
        Metadata metadata =
                ImageFolder.read(entry, null, null, Stamp.Check.FULL).metadata();
        Set<String> names = manifest.files().stream().map(Manifest.Item::name).collect(Collectors.toSet());
        for (Metadata.Item item : metadata.files().values()) {
            if (!names.contains(item.file()) || item.sha256() == null) {
                throw new KernelException("its metadata names " + item.file() + ", which it does not send");
            }
        }
        return true;
    }

    private static void unpack(Manifest.Item item, Path packed, Path to) throws IOException {
        long left = item.size();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = new ZstdInputStreamNoFinalizer(new BufferedInputStream(Files.newInputStream(packed)));
                OutputStream out = Files.newOutputStream(to)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                left -= n;
                if (left < 0) {
                    throw new KernelException("its " + item.name() + " unpacks to more than it says");
                }
                out.write(buffer, 0, n);
            }
        } catch (IOException e) {
            throw new KernelException("its " + item.name() + " cannot be unpacked: " + reason(e), e);
        }
        check(item.name(), item.sha256(), Sha256.of(to));
    }

    private static void check(String name, String recorded, String actual) {
        if (!actual.equals(recorded)) {
            throw new KernelException("its " + name + " has SHA-256 " + actual + " and not " + recorded);
        }
    }

    @Override
    public void store(String key, Path entry, Path scratch, boolean anew, FetchListener listener) {
        if (readOnly || off) {
            return;
        }
        try {
            if (!anew && blobs.has(manifestName(key))) {
                return;
            }
            List<Manifest.Item> items = new ArrayList<>();
            for (Path file : Folders.list(entry)) {
                String fileName = file.getFileName().toString();
                if (!fileName.startsWith("stamp") && Manifest.isName(fileName)) {
                    items.add(put(file, fileName, scratch));
                }
            }
            Path manifest = Files.writeString(scratch.resolve("manifest"), new Manifest(key, items).toJson());
            blobs.put(manifestName(key), manifest);
            listener.progress("kernel " + key + " is in the remote cache " + name + " now");
        } catch (IOException e) {
            off = true;
            listener.progress("kernel " + key + " could not be put into the remote cache " + name + ": " + reason(e));
        }
    }

    private Manifest.Item put(Path file, String fileName, Path scratch) throws IOException {
        Path packed = scratch.resolve(fileName);
        try (OutputStream out = new ZstdOutputStreamNoFinalizer(Files.newOutputStream(packed), ZSTD_LEVEL)) {
            Files.copy(file, out);
        }
        Manifest.Item item =
                new Manifest.Item(fileName, Files.size(file), Sha256.of(file), Files.size(packed), Sha256.of(packed));
        if (!blobs.has(blobName(item))) {
            blobs.put(blobName(item), packed);
        }
        Files.delete(packed);
        return item;
    }

    private static String manifestName(String key) {
        return "ac/" + Sha256.of("ktstr kernel " + Manifest.SCHEMA + " " + key);
    }

    private static String blobName(Manifest.Item item) {
        return "cas/" + item.packedSha256();
    }

    private static String reason(IOException e) {
        String message = e.getMessage();
        return message == null || message.isBlank() || message.startsWith("/")
                ? e.getClass().getSimpleName() + " " + message
                : message;
    }
}
