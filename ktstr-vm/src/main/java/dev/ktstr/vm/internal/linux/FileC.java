package dev.ktstr.vm.internal.linux;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;

/** The libc functions on files that Java has no like of, as they are. */
final class FileC {
    static final int LOCK_EX = 2;
    static final int LOCK_NB = 4;
    static final int SEEK_DATA = 3;
    static final int SEEK_HOLE = 4;
    static final int EINTR = 4;
    static final int ENXIO = 6;
    static final int EWOULDBLOCK = 11;

    static {
        Native.register(FileC.class, "c");
    }

    private FileC() {}

    static native int flock(int fd, int operation) throws LastErrorException;

    static native long lseek(int fd, long offset, int whence) throws LastErrorException;
}
