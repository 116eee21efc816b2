package dev.ktstr.vm;

/**
 * The guest's RAM by guest-physical address, little-endian, read and written while the guest runs.
 *
 * <p>Every access is checked against the RAM's bounds first; an address outside throws
 * {@link IndexOutOfBoundsException} and touches nothing. Nothing here trusts a length or address: both may come from
 * the guest.
 */
public interface GuestMemory {
    /** Whether all of {@code [gpa, gpa + length)} is RAM. */
    boolean contains(long gpa, long length);

    /** Bytes of RAM in total. */
    long size();

    /** Copies {@code length} bytes from the guest. */
    void read(long gpa, byte[] target, int offset, int length);

    /** Copies {@code length} bytes into the guest. */
    void write(long gpa, byte[] source, int offset, int length);

    /** Reads an aligned u32 with acquire ordering. */
    int getIntAcquire(long gpa);

    /** Writes an aligned u32 with release ordering. */
    void putIntRelease(long gpa, int value);

    /** Reads an aligned u64 with acquire ordering. */
    long getLongAcquire(long gpa);

    /** Writes an aligned u64 with release ordering. */
    void putLongRelease(long gpa, long value);
}
