package dev.ktstr.vm.qemu;

import dev.ktstr.vm.VmException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client of GDB's remote serial protocol, as much of it as watchpoints need (GDB manual, appendix "GDB Remote Serial Protocol").
 *
 * <p>QEMU's stub takes any byte that comes while the guest runs for a wish to stop it, and drops it. So packets are not
 * acknowledged, which the stub does not insist on, and nothing may be sent between {@link #go()} and the next stop.
 *
 * <p>{@link #run()} reads until the peer closes; it is called once, on a thread of the owner's.
 */
final class RspClient {
    /** What we ask for is answered by a few bytes; what is longer is not this protocol. */
    static final int MAX_PACKET = 16 << 10;

    private static final int ESCAPE_BIT = 0x20;
    private static final int REPEAT_BASE = 29;

    /**
     * The guest has stopped.
     *
     * @param signal 5 for a watchpoint, 2 for a stop that the monitor asked for
     * @param cpu the vCPU that the stub looks at, as the machine counts
     * @param watched address of the watchpoint that was written to
     */
    record Stop(int signal, OptionalInt cpu, OptionalLong watched) {}

    private final InputStream in;
    private final WritableByteChannel out;
    private final Consumer<Stop> onStop;
    private final BlockingQueue<String> replies = new ArrayBlockingQueue<>(16);
    private volatile @Nullable VmException ended;

    /**
     * Makes a client; nothing is read yet.
     *
     * @param onStop called on the reading thread
     */
    RspClient(InputStream in, WritableByteChannel out, Consumer<Stop> onStop) {
        this.in = in;
        this.out = out;
        this.onStop = onStop;
    }

    /** Why it reads no more, or null while it does. */
    @Nullable
    VmException ended() {
        return ended;
    }

    /** Sets or clears a write watchpoint. The guest stands still. @throws VmException when the stub refuses or does not answer */
    void watch(boolean set, long address, int length, Duration timeout) {
        String what = (set ? "Z2," : "z2,") + Long.toHexString(address) + "," + Integer.toHexString(length);
        send(what);
        String reply = reply(what, timeout);
        if (!reply.equals("OK")) {
            throw new VmException("QEMU's debugger stub refused '" + what + "'"
                    + (reply.isEmpty() ? ": it has no watchpoints" : " with '" + clip(reply) + "'"));
        }
    }

    /** Lets the guest run. It stands still. */
    void go() {
        send("c");
    }

    private void send(String packet) {
        VmException over = ended;
        if (over != null) {
            throw new VmException("'" + packet + "' was not sent to QEMU's debugger stub: " + over.getMessage(), over);
        }
        ByteBuffer bytes = ByteBuffer.wrap(frame(packet));
        try {
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        } catch (IOException e) {
            throw new VmException("'" + packet + "' could not be sent to QEMU's debugger stub: " + e.getMessage(), e);
        }
    }

    /** {@code $packet#sum}, the sum of the bytes modulo 256 in two digits. */
    static byte[] frame(String packet) {
        byte[] body = packet.getBytes(StandardCharsets.ISO_8859_1);
        int sum = 0;
        for (byte b : body) {
            sum += b;
        }
        return String.format("$%s#%02x", packet, sum & 0xff).getBytes(StandardCharsets.ISO_8859_1);
    }

    private String reply(String what, Duration timeout) {
        try {
            String reply = replies.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
            if (reply != null) {
                return reply;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VmException("'" + what + "': interrupted while waiting for QEMU's debugger stub", e);
        }
        VmException over = ended;
        throw new VmException("'" + what + "': QEMU's debugger stub did not answer within " + timeout.toMillis() + " ms"
                + (over == null ? "; the host may be overloaded" : ": " + over.getMessage()));
    }

    /** Reads until the peer closes or talks nonsense. */
    void run() {
        VmException why;
        try {
            for (String packet = readPacket(); packet != null; packet = readPacket()) {
                dispatch(packet);
            }
            why = new VmException("QEMU has closed its debugger stub");
        } catch (IOException e) {
            why = new VmException("the connection to QEMU's debugger stub broke: " + e.getMessage(), e);
        } catch (VmException e) {
            why = e;
        }
        ended = why;
    }

    private void dispatch(String packet) {
        char kind = packet.isEmpty() ? 0 : packet.charAt(0);
        if (kind == 'T' || kind == 'S') {
            onStop.accept(stop(packet));
        } else if (kind != 'W' && kind != 'X' && !replies.offer(packet)) {
            // W and X say that the guest has ended; so does the monitor.
            throw new VmException("QEMU's debugger stub answers what nobody asked: '" + clip(packet) + "'");
        }
    }

    /** {@code T05thread:02;watch:ffffffff81000000;} */
    static Stop stop(String packet) {
        try {
            int signal = Integer.parseInt(packet, 1, Math.min(3, packet.length()), 16);
            OptionalInt cpu = OptionalInt.empty();
            OptionalLong watched = OptionalLong.empty();
            for (String pair : packet.substring(3).split(";", -1)) {
                int colon = pair.indexOf(':');
                String value = pair.substring(colon + 1);
                switch (colon < 0 ? "" : pair.substring(0, colon)) {
                    // Threads count from 1; in the multiprocess form the process stands in front.
                    case "thread" ->
                        cpu = OptionalInt.of(Integer.parseInt(value.substring(value.indexOf('.') + 1), 16) - 1);
                    case "watch", "awatch" -> watched = OptionalLong.of(Long.parseUnsignedLong(value, 16));
                    default -> {
                        // Registers and reasons that we do not need.
                    }
                }
            }
            return new Stop(signal, cpu, watched);
        } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
            throw new VmException("QEMU's debugger stub sent a stop that is none: '" + clip(packet) + "'", e);
        }
    }

    private @Nullable String readPacket() throws IOException {
        int b = in.read();
        while (b == '+') {
            b = in.read();
        }
        if (b < 0) {
            return null;
        } else if (b != '$') {
            throw new VmException(
                    b == '-'
                            ? "QEMU's debugger stub did not understand a packet"
                            : String.format("QEMU's debugger stub sent 0x%02x where a packet begins", b));
        }
        StringBuilder packet = new StringBuilder();
        int sum = 0;
        for (b = in.read(); b != '#'; b = in.read()) {
            sum += must(b);
            if (b == '}') {
                int escaped = must(in.read());
                sum += escaped;
                packet.append((char) (escaped ^ ESCAPE_BIT));
            } else if (b == '*') {
                int count = must(in.read());
                sum += count;
                repeat(packet, count - REPEAT_BASE);
            } else {
                packet.append((char) b);
            }
            if (packet.length() > MAX_PACKET) {
                throw new VmException("QEMU's debugger stub sent a packet of more than " + MAX_PACKET + " bytes");
            }
        }
        int told = Character.digit(must(in.read()), 16) << 4 | Character.digit(must(in.read()), 16);
        if (told != (sum & 0xff)) {
            throw new VmException("a packet of QEMU's debugger stub was damaged: '" + clip(packet.toString()) + "'");
        }
        return packet.toString();
    }

    private static void repeat(StringBuilder packet, int times) {
        if (packet.length() == 0 || times < 0) {
            throw new VmException("QEMU's debugger stub repeats nothing, or " + times + " times");
        }
        String last = packet.substring(packet.length() - 1);
        packet.append(last.repeat(times));
    }

    private static int must(int b) throws IOException {
        if (b < 0) {
            throw new IOException("it ended within a packet");
        }
        return b;
    }

    private static String clip(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
