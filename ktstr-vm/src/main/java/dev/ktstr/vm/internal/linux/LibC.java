package dev.ktstr.vm.internal.linux;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.ktstr.vm.VmException;

/** The libc functions used, as they are. Direct mapping; a function that sets errno throws. */
final class LibC {
    static final int PROT_READ = 1;
    static final int PROT_WRITE = 2;
    static final int PROT_EXEC = 4;
    static final int MAP_SHARED = 1;
    static final int MAP_PRIVATE = 2;
    static final int MAP_ANONYMOUS = 0x20;
    static final int MAP_FIXED = 0x10;
    static final int MAP_NORESERVE = 0x4000;
    static final int MFD_CLOEXEC = 1;
    static final int MFD_HUGETLB = 4;
    static final int MFD_HUGE_2MB = 21 << 26;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0x40;
    static final int O_CLOEXEC = 0x80000;

    private static final int EPERM = 1;
    private static final int ENOENT = 2;
    private static final int ENOMEM = 12;
    private static final int EACCES = 13;
    private static final int EMFILE = 24;
    private static final int ENFILE = 23;

    static {
        Native.register(LibC.class, "c");
    }

    private LibC() {}

    static native int open(String path, int flags) throws LastErrorException;

    /** With {@code O_CREAT}; the mode of a file that is made. */
    static native int open(String path, int flags, int mode) throws LastErrorException;

    static native int close(int fd) throws LastErrorException;

    static native int memfd_create(String name, int flags) throws LastErrorException;

    static native int ftruncate(int fd, long length) throws LastErrorException;

    static native Pointer mmap(Pointer address, long length, int prot, int flags, int fd, long offset)
            throws LastErrorException;

    static native int mprotect(Pointer address, long length, int prot) throws LastErrorException;

    static native int munmap(Pointer address, long length) throws LastErrorException;

    static native int ioctl(int fd, long request, long argument) throws LastErrorException;

    static native int ioctl(int fd, long request, Pointer argument) throws LastErrorException;

    static native long pread(int fd, long buffer, long count, long offset) throws LastErrorException;

    static native long syscall(long number, long a, long b, long c) throws LastErrorException;

    static native Pointer signal(int signal, Pointer handler) throws LastErrorException;

    /** Turns errno into an exception that names the operation and, where there is one, the cure. */
    static VmException failure(String operation, LastErrorException e) {
        String cure = switch (e.getErrorCode()) {
            case EMFILE -> "; raise the limit of open files (ulimit -n)";
            case ENFILE -> "; the host is out of file handles (sysctl fs.file-max)";
            case ENOMEM -> "; free memory on the host, or raise vm.max_map_count or the limit of address space";
            case EPERM, EACCES -> "; run as a user who may do this";
            case ENOENT -> "; the host does not have it";
            default -> "";
        };
        return new VmException(operation + " failed: errno " + e.getErrorCode() + " (" + reason(e) + ")" + cure, e);
    }

    private static String reason(LastErrorException e) {
        String text = String.valueOf(e.getMessage());
        int bracket = text.indexOf(']');
        return (bracket < 0 ? text : text.substring(bracket + 1)).strip();
    }
}
