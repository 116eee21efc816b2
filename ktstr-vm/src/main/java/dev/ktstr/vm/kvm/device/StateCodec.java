package dev.ktstr.vm.kvm.device;

import java.nio.ByteBuffer;

/** The frame of every device's saved state: a tag that names device and version, then fields of fixed sizes. */
final class StateCodec {
    private StateCodec() {}

    /** Starts a state of {@code size} bytes after the tag. */
    static ByteBuffer write(int tag, int size) {
        return ByteBuffer.allocate(4 + size).putInt(tag);
    }

    /**
     * Opens a state.
     *
     * @param minimum bytes it must have after the tag
     * @param maximum bytes it may have after the tag
     * @throws IllegalArgumentException when tag or size are not this device's
     */
    static ByteBuffer read(String device, int tag, byte[] state, int minimum, int maximum) {
        if (state.length < 4 + minimum || state.length > 4 + maximum) {
            throw bad(device, "it has " + state.length + " bytes");
        }
        ByteBuffer buffer = ByteBuffer.wrap(state);
        int found = buffer.getInt();
        if (found != tag) {
            throw bad(device, "its tag is 0x" + Integer.toHexString(found) + ", not 0x" + Integer.toHexString(tag));
        }
        return buffer;
    }

    static IllegalArgumentException bad(String device, String why) {
        return new IllegalArgumentException("this is no saved state of " + device + " of this version: " + why);
    }
}
