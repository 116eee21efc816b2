package dev.ktstr.guest;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes cpio archives of form "newc", which the kernel unpacks as initramfs (Documentation/driver-api/early-userspace/
 * buffer-format.rst). Everything that could differ between two builds is fixed: times, inodes, owners.
 */
public final class CpioWriter {
    private static final int S_IFDIR = 0040000;
    private static final int S_IFCHR = 0020000;
    private static final int S_IFREG = 0100000;

    private final ByteArrayOutputStream out;
    private int inode;

    /** Writes to {@code out}, from an entry boundary on. */
    public CpioWriter(ByteArrayOutputStream out) {
        this.out = out;
    }

    /** Adds a folder; its parent must have been added. */
    public void directory(String path, int mode) {
        entry(path, S_IFDIR | mode, 2, 0, 0, new byte[0]);
    }

    /** Adds a character device node. */
    public void characterDevice(String path, int mode, int major, int minor) {
        entry(path, S_IFCHR | mode, 1, major, minor, new byte[0]);
    }

    /** Adds a regular file. */
    public void file(String path, int mode, byte[] content) {
        entry(path, S_IFREG | mode, 1, 0, 0, content);
    }

    /** Adds the trailer; nothing may follow. */
    public void finish() {
        inode = -1;
        entry("TRAILER!!!", 0, 1, 0, 0, new byte[0]);
    }

    private void entry(String path, int mode, int links, int major, int minor, byte[] content) {
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        int[] fields = {++inode, mode, 0, 0, links, 0, content.length, 0, 0, major, minor, name.length + 1, 0};
        StringBuilder header = new StringBuilder("070701");
        for (int field : fields) {
            header.append(String.format("%08x", field));
        }
        out.writeBytes(header.toString().getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(name);
        out.write(0);
        pad();
        out.writeBytes(content);
        pad();
    }

    private void pad() {
        while (out.size() % 4 != 0) {
            out.write(0);
        }
    }
}
