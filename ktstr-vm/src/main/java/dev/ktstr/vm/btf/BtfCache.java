package dev.ktstr.vm.btf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Keeps the index of a BTF blob, so that the next one who reads it need not walk it. */
public final class BtfCache {
    private final Path folder;

    /** A cache in that folder, which is made when it is needed. */
    public BtfCache(Path folder) {
        this.folder = folder;
    }

    /**
     * Reads BTF by its index; makes the index when there is none, or a damaged one.
     *
     * @param raw the blob
     * @param key what the blob is known by: the hash of it, or of the kernel image it belongs to; hex digits
     * @throws BtfException when the blob is malformed
     * @throws UncheckedIOException when the index cannot be written
     */
    public Btf read(byte[] raw, String key) {
        if (!key.matches("[0-9a-f]{8,128}")) {
            throw new IllegalArgumentException("'" + key + "' is no key: 8 to 128 hex digits");
        }
        Path file = folder.resolve(key + ".btfidx");
        BtfBlob blob = new BtfBlob(raw);
        try {
            return new Btf(blob, BtfIndex.of(Files.readAllBytes(file), raw.length), null);
        } catch (IOException | BtfException missing) {
            // Not there yet, or damaged: made anew below.
            Btf btf = Btf.parse(raw);
            write(file, btf);
            return btf;
        }
    }

    private void write(Path file, Btf btf) {
        try {
            Files.createDirectories(folder);
            Path aside = Files.createTempFile(folder, "index", ".tmp");
            try {
                Files.write(aside, btf.index().toBytes(btf.size()));
                move(aside, file);
            } finally {
                Files.deleteIfExists(aside);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing the BTF index " + file + " failed: " + e.getMessage(), e);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
