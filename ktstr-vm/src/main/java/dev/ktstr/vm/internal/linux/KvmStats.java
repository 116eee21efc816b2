package dev.ktstr.vm.internal.linux;

import com.sun.jna.LastErrorException;
import dev.ktstr.vm.VmException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * KVM's binary statistics of a machine or a vCPU ({@code KVM_GET_STATS_FD}, section 4.133 of
 * Documentation/virt/kvm/api.rst). The descriptors are read once, the values with every call.
 */
public final class KvmStats implements AutoCloseable {
    private static final long KVM_GET_STATS_FD = 0xaece;
    private static final int HEADER_SIZE = 24;
    private static final int DESCRIPTOR_SIZE = 16;
    private static final int MOST_BYTES = 1 << 20;

    private final int fd;
    private final Map<String, Field> fields;
    private final int dataOffset;
    private final ByteBuffer data;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Where a value is, and how many 64-bit words it has: histograms have several. */
    private record Field(int offset, int words) {}

    private KvmStats(int fd) {
        this.fd = fd;
        ByteBuffer header = read(HEADER_SIZE, 0);
        int nameSize = header.getInt(4);
        int count = header.getInt(8);
        int descriptorsAt = header.getInt(16);
        dataOffset = header.getInt(20);
        long bytes = (long) count * (DESCRIPTOR_SIZE + nameSize);
        if (nameSize < 1 || count < 0 || bytes < 0 || bytes > MOST_BYTES) {
            throw new VmException(
                    "KVM's statistics have " + count + " descriptors with names of " + nameSize + " bytes");
        }
        ByteBuffer descriptors = read((int) bytes, descriptorsAt);
        fields = new LinkedHashMap<>();
        int end = 0;
        for (int i = 0; i < count; i++) {
            int at = i * (DESCRIPTOR_SIZE + nameSize);
            int words = descriptors.getShort(at + 6) & 0xffff;
            int offset = descriptors.getInt(at + 8);
            byte[] name = new byte[nameSize];
            descriptors.get(at + DESCRIPTOR_SIZE, name);
            if (offset < 0 || offset + 8L * words > MOST_BYTES) {
                throw new VmException("KVM's statistic " + i + " is at offset " + offset + " with " + words + " words");
            }
            fields.put(text(name), new Field(offset, words));
            end = Math.max(end, offset + 8 * words);
        }
        data = Ioctl.buffer(end);
    }

    static KvmStats of(int owner) {
        int fd = Ioctl.call(owner, "KVM_GET_STATS_FD", KVM_GET_STATS_FD, 0);
        try {
            return new KvmStats(fd);
        } catch (RuntimeException e) {
            Fds.close(fd);
            throw e;
        }
    }

    /** All values now, in the kernel's order; of a histogram, the sum of its buckets. */
    public synchronized Map<String, Long> read() {
        if (closed.get()) {
            throw new IllegalStateException("the statistics are closed");
        }
        readInto(data, dataOffset);
        Map<String, Long> values = new LinkedHashMap<>();
        fields.forEach((name, field) -> {
            long sum = 0;
            for (int i = 0; i < field.words(); i++) {
                sum += data.getLong(field.offset() + 8 * i);
            }
            values.put(name, sum);
        });
        return Collections.unmodifiableMap(values);
    }

    private ByteBuffer read(int size, int offset) {
        ByteBuffer buffer = Ioctl.buffer(size);
        readInto(buffer, offset);
        return buffer;
    }

    private void readInto(ByteBuffer buffer, int offset) {
        int wanted = buffer.capacity();
        if (wanted == 0) {
            return;
        }
        try {
            long n = LibC.pread(fd, Ioctl.address(buffer), wanted, offset);
            if (n != wanted) {
                throw new VmException("KVM's statistics ended after " + n + " of " + wanted + " bytes at " + offset);
            }
        } catch (LastErrorException e) {
            throw LibC.failure("reading KVM's statistics", e);
        }
    }

    private static String text(byte[] name) {
        int length = 0;
        while (length < name.length && name[length] != 0) {
            length++;
        }
        return new String(name, 0, length, StandardCharsets.US_ASCII);
    }

    @Override
    public synchronized void close() {
        if (closed.compareAndSet(false, true)) {
            Fds.close(fd);
        }
    }
}
