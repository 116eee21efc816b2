package dev.ktstr.guest;

import dev.ktstr.guest.wire.Failure;
import dev.ktstr.guest.wire.Hello;
import dev.ktstr.guest.wire.Layout;
import dev.ktstr.guest.wire.MessageType;
import dev.ktstr.guest.wire.Wire;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A guest without a machine: a window that is an array, and an agent that is a lambda, run when the host has sent. */
final class FakeGuest implements GuestPorts {
    /** What the scripted agent does with a frame of the host. */
    interface Script {
        void on(Frame frame);
    }

    private static final byte[] END = new byte[0];

    private final ByteBuffer memory = ByteBuffer.allocate(Layout.WINDOW_SIZE).order(ByteOrder.LITTLE_ENDIAN);
    private final LinkedBlockingQueue<byte[]> toHost = new LinkedBlockingQueue<>();
    private final SerialFrames fromHost = new SerialFrames();
    private final Semaphore doorbell = new Semaphore(0);
    private volatile boolean ended;
    private Script script = frame -> {};

    void script(Script value) {
        script = value;
    }

    /** Says a proper hello: the marks in the window, the frame on COM2. */
    FakeGuest hello() {
        return marks().serial(MessageType.HELLO, Wire.encode(helloMessage(Wire.PROTOCOL_HASH)));
    }

    /** Leaves the marks in the window alone: a fork of a guest that said its hello long ago. */
    FakeGuest marks() {
        memory.putLong(Layout.MAGIC_AT, Layout.WINDOW_MAGIC).putLong(Layout.HASH_AT, Wire.PROTOCOL_HASH);
        return this;
    }

    static Hello helloMessage(long hash) {
        return new Hello(hash, "test", "6.12.0", 1, 2, true, List.of(), List.of());
    }

    /** Puts a frame on COM2. */
    FakeGuest serial(MessageType type, byte[] payload) {
        Frame frame = new Frame(type, 0, payload);
        raw(frame.header());
        return raw(payload);
    }

    /** Puts any bytes on COM2. */
    FakeGuest raw(byte[] bytes) {
        if (bytes.length > 0) {
            toHost.add(bytes);
        }
        return this;
    }

    /** Ends the guest. */
    void end() {
        ended = true;
        toHost.add(END);
        doorbell.release();
    }

    void ok(Frame request, Record answer) {
        event(MessageType.OK, request.request(), Wire.encode(answer));
    }

    void ok(Frame request) {
        event(MessageType.OK, request.request(), new byte[0]);
    }

    void error(Frame request, String message) {
        event(MessageType.ERROR, request.request(), Wire.encode(new Failure(message)));
    }

    /** Puts a frame into the agent's ring and rings. */
    void event(MessageType type, int request, byte[] payload) {
        Frame frame = new Frame(type, request, payload);
        ringBytes(frame.header(), payload);
    }

    /** Puts any bytes into the agent's ring and rings. */
    synchronized void ringBytes(byte[]... parts) {
        long head = memory.getLong(Layout.AGENT_HEAD_AT);
        for (byte[] part : parts) {
            for (byte b : part) {
                memory.put(Layout.AGENT_RING_AT + (int) (head++ % Layout.AGENT_RING_SIZE), b);
            }
        }
        memory.putLong(Layout.AGENT_HEAD_AT, head);
        doorbell.release();
    }

    /** Writes any word of the window. */
    synchronized void poke(int offset, long value) {
        memory.putLong(offset, value);
        doorbell.release();
    }

    private void takeRing() {
        long head = memory.getLong(Layout.HOST_HEAD_AT);
        for (long tail = memory.getLong(Layout.HOST_TAIL_AT); tail < head; ) {
            Frame.Header header = Frame.Header.of(copy(tail, Layout.FRAME_HEADER), Layout.MAX_PAYLOAD, "host ring");
            Frame frame = Frame.open(header, copy(tail + Layout.FRAME_HEADER, header.length()), "host ring");
            tail += Layout.FRAME_HEADER + header.length();
            memory.putLong(Layout.HOST_TAIL_AT, tail);
            script.on(frame);
        }
    }

    private byte[] copy(long position, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = memory.get(Layout.HOST_RING_AT + (int) ((position + i) % Layout.HOST_RING_SIZE));
        }
        return bytes;
    }

    private byte @Nullable [] rest;

    @Override
    public int read(ByteBuffer target, Duration timeout) {
        byte[] bytes = rest;
        rest = null;
        try {
            if (bytes == null) {
                bytes = toHost.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (bytes == null) {
            return 0;
        } else if (bytes == END) {
            rest = END;
            return -1;
        }
        int n = Math.min(bytes.length, target.remaining());
        target.put(bytes, 0, n);
        rest = n < bytes.length ? java.util.Arrays.copyOfRange(bytes, n, bytes.length) : null;
        return n;
    }

    @Override
    public void write(ByteBuffer source, Duration timeout) {
        byte[] bytes = new byte[source.remaining()];
        source.get(bytes);
        fromHost.add(bytes, bytes.length);
        fromHost.poll().ifPresent(script::on);
    }

    @Override
    public boolean awaitDoorbell(Duration timeout) throws InterruptedException {
        return doorbell.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public SharedWindow window() {
        return new SharedWindow() {
            @Override
            public long size() {
                return Layout.WINDOW_SIZE;
            }

            @Override
            public void read(long offset, byte[] target, int at, int length) {
                memory.get((int) offset, target, at, length);
            }

            @Override
            public void write(long offset, byte[] source, int at, int length) {
                memory.put((int) offset, source, at, length);
            }

            @Override
            public int getIntAcquire(long offset) {
                return memory.getInt((int) offset);
            }

            @Override
            public void putIntRelease(long offset, int value) {
                memory.putInt((int) offset, value);
            }

            @Override
            public long getLongAcquire(long offset) {
                synchronized (FakeGuest.this) {
                    return memory.getLong((int) offset);
                }
            }

            @Override
            public void putLongRelease(long offset, long value) {
                synchronized (FakeGuest.this) {
                    memory.putLong((int) offset, value);
                }
                if (offset == Layout.HOST_HEAD_AT) {
                    takeRing();
                }
            }
        };
    }
}
