package dev.ktstr.vm.qemu;

import dev.ktstr.vm.ControlChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/**
 * COM2 over a socket. Non-blocking, with a selector for each direction, so that every wait has an end and closing wakes
 * whoever waits.
 */
final class SocketControlChannel implements ControlChannel, AutoCloseable {
    private final SocketChannel channel;
    private final Selector readable;
    private final Selector writable;
    private final ReentrantLock readLock = new ReentrantLock();
    private final ReentrantLock writeLock = new ReentrantLock();

    /** Takes the channel over; it is closed with this, also when this constructor throws. */
    SocketControlChannel(SocketChannel channel) throws IOException {
        this.channel = channel;
        Selector forReading = null;
        try {
            channel.configureBlocking(false);
            forReading = Selector.open();
            channel.register(forReading, SelectionKey.OP_READ);
            writable = Selector.open();
            channel.register(writable, SelectionKey.OP_WRITE);
            readable = forReading;
        } catch (IOException e) {
            channel.close();
            if (forReading != null) {
                forReading.close();
            }
            throw e;
        }
    }

    @Override
    public int read(ByteBuffer target, Duration timeout) throws IOException {
        if (!target.hasRemaining()) {
            throw new IllegalArgumentException("the buffer is full");
        }
        long deadline = System.nanoTime() + timeout.toNanos();
        readLock.lock();
        try {
            while (true) {
                int n = receive(target);
                if (n != 0) {
                    return n;
                }
                long leftMs = (deadline - System.nanoTime() + 999_999) / 1_000_000;
                if (leftMs <= 0) {
                    return 0;
                }
                readable.select(key -> {}, leftMs);
            }
        } catch (ClosedChannelException | ClosedSelectorException e) {
            return -1;
        } finally {
            readLock.unlock();
        }
    }

    /** One read; a peer that died (reset) is an end, like one that closed. */
    private int receive(ByteBuffer target) throws IOException {
        try {
            return channel.read(target);
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).contains("reset")) {
                return -1;
            }
            throw e;
        }
    }

    @Override
    public void write(ByteBuffer source, Duration timeout) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        writeLock.lock();
        try {
            while (true) {
                channel.write(source);
                if (!source.hasRemaining()) {
                    return;
                }
                long leftMs = (deadline - System.nanoTime() + 999_999) / 1_000_000;
                if (leftMs <= 0) {
                    throw new IOException("the guest did not take the last " + source.remaining()
                            + " bytes sent to its COM2 within " + timeout.toMillis() + " ms");
                }
                writable.select(key -> {}, leftMs);
            }
        } catch (ClosedChannelException | ClosedSelectorException e) {
            throw new IOException(
                    "the guest has ended; " + source.remaining() + " bytes for its COM2 were not sent", e);
        } finally {
            writeLock.unlock();
        }
    }

    /** Wakes whoever waits and closes. Idempotent. */
    @Override
    public void close() throws IOException {
        // Selectors first: a channel still registered keeps its descriptor until its selectors let go.
        readable.close();
        writable.close();
        channel.close();
    }
}
