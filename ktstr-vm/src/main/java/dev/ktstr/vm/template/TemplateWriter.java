package dev.ktstr.vm.template;

import dev.ktstr.vm.SavedGuest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Writes a template: a page of head, the parts back to back, the index. The head is written last, so that a file that was
 * cut off while it was written has none. RAM is packed, so the file needs no file system that can leave holes.
 */
final class TemplateWriter implements SavedGuest.Sink, AutoCloseable {
    /** "KTSTRTPL". */
    static final long MAGIC = 0x4c50545254534b4bL;

    /** To be raised when anything of the form changes. */
    static final int FORM = 1;

    /** Magic, form, length of the index, its offset, its CRC-32C, and the CRC-32C of those. */
    static final int HEAD = 8 + 4 + 4 + 8 + 4 + 4;

    private final FileChannel file;
    private final TemplateKey key;
    private final long limit;
    private final List<TemplateIndex.Part> parts = new ArrayList<>();
    private long at = TemplateIndex.PAGE;

    /**
     * Begins a file that is not there yet.
     *
     * @param limit most bytes it may have
     */
    TemplateWriter(Path path, TemplateKey key, long limit) throws IOException {
        this.file = FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        this.key = key;
        this.limit = limit;
    }

    @Override
    public void console(byte[] text) throws IOException {
        part(TemplateIndex.CONSOLE, 0, ByteBuffer.wrap(text));
    }

    @Override
    public void devices(byte[] state) throws IOException {
        part(TemplateIndex.DEVICES, 0, ByteBuffer.wrap(state));
        // RAM begins on a page of the file, so that it can be mapped.
        at = (at + TemplateIndex.PAGE - 1) / TemplateIndex.PAGE * TemplateIndex.PAGE;
    }

    @Override
    public void put(long offset, ByteBuffer bytes) throws IOException {
        if (parts.size() < TemplateIndex.FIRST_RAM) {
            throw new IllegalStateException("RAM came before console and devices");
        }
        part(parts.size(), offset, bytes);
    }

    private void part(int index, long ramOffset, ByteBuffer bytes) throws IOException {
        if (index != parts.size()) {
            throw new IllegalStateException("part " + index + " came when part " + parts.size() + " was due");
        }
        if (bytes.remaining() > limit - at) {
            throw new IOException("the saved guest is larger than " + (limit >> 20)
                    + " MiB, which is all that templates may take here");
        }
        parts.add(new TemplateIndex.Part(ramOffset, at, bytes.remaining(), crc(bytes)));
        write(bytes);
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            at += file.write(bytes, at);
        }
    }

    /** Writes index and head; the file is complete then. */
    void finish(long createdAtMs) throws IOException {
        byte[] index = new TemplateIndex(key, createdAtMs, parts).encode();
        long indexAt = at;
        write(ByteBuffer.wrap(index));
        ByteBuffer head = ByteBuffer.allocate(HEAD).order(ByteOrder.LITTLE_ENDIAN);
        head.putLong(MAGIC).putInt(FORM).putInt(index.length).putLong(indexAt).putInt(crc(ByteBuffer.wrap(index)));
        head.putInt(crc(head.duplicate().flip()));
        at = 0;
        write(head.flip());
    }

    /** The CRC-32C of what remains; leaves the position. */
    static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
