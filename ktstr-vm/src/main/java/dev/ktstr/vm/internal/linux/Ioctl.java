package dev.ktstr.vm.internal.linux;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Checked {@code ioctl(2)}: a refusal is an exception that names the operation. */
final class Ioctl {
    private Ioctl() {}

    /** A zeroed little-endian buffer that the kernel can read and write. */
    static ByteBuffer buffer(int size) {
        return ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Where a direct buffer's first byte is. The caller keeps the buffer reachable while the kernel may use it. */
    static long address(ByteBuffer direct) {
        return Pointer.nativeValue(Native.getDirectBufferPointer(direct));
    }

    /** Calls with a plain number as argument. */
    static int call(int fd, String what, long request, long argument) {
        try {
            return LibC.ioctl(fd, request, argument);
        } catch (LastErrorException e) {
            throw LibC.failure(what, e);
        }
    }

    /** Calls with a structure as argument. */
    static int call(int fd, String what, long request, ByteBuffer argument) {
        try {
            return LibC.ioctl(fd, request, Native.getDirectBufferPointer(argument));
        } catch (LastErrorException e) {
            throw LibC.failure(what, e);
        }
    }
}
