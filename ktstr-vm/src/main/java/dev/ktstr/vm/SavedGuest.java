package dev.ktstr.vm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** A guest that was stopped and written down, as a backend reads it back. */
public interface SavedGuest {
    /** What it had printed on COM1 up to then. */
    byte[] console() throws IOException;

    /**
     * Its vCPUs and devices, in the backend's own form: whole and unchanged, which is the reader's to prove. QEMU for one takes
     * a state that was cut off for a shorter one.
     */
    byte[] devices() throws IOException;

    /**
     * Reads its RAM.
     *
     * @param sink given every part that is not zero, in order
     * @throws IOException when what is read is not what was written, or the sink's own
     */
    void ram(RamSink sink) throws IOException;

    /** What is equal only for saved guests with the same content; empty when that cannot be told without reading all. */
    default Optional<Object> identity() {
        return Optional.empty();
    }

    /** Takes parts of RAM. */
    @FunctionalInterface
    interface RamSink {
        /**
         * Takes a part.
         *
         * @param offset from the start of node 0, RAM taken back to back; a multiple of 4096
         * @param bytes remaining is a multiple of 4096; valid during the call
         */
        void put(long offset, ByteBuffer bytes) throws IOException;
    }

    /** Takes all of a guest, part by part, each of the others once before the first part of RAM. */
    interface Sink extends RamSink {
        /** Takes what COM1 has printed. */
        void console(byte[] text) throws IOException;

        /** Takes vCPUs and devices. */
        void devices(byte[] state) throws IOException;
    }
}
