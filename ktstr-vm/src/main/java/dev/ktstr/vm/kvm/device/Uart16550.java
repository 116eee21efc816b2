package dev.ktstr.vm.kvm.device;

import java.nio.ByteBuffer;

/**
 * A 16550A serial port, after National Semiconductor's data sheet PC16550D. Bytes cross it in no time; its speed is that
 * of whoever is at the host's end.
 *
 * <p><b>Output.</b> A written byte goes into the output queue. When that is nearly full, the transmitter reports busy until
 * the host has read, so a driver waits, by polling or by interrupt, and nothing is lost. {@link #SLACK} bytes are kept for
 * writers that do not wait; the Linux console gives up after 10 ms a byte ({@code wait_for_lsr} in
 * {@code drivers/tty/serial/8250/8250_port.c}). What exceeds even that is lost, as in hardware, and counted. When the
 * queue is closed bytes are dropped and the transmitter is always ready: a host that left never blocks the guest.
 *
 * <p><b>Input.</b> Bytes wait in the input queue and enter the receiver's FIFO as the guest makes room, so the host can
 * cause no overrun.
 */
public final class Uart16550 implements Device {
    /** Ports that it occupies. */
    public static final int SIZE = 8;

    /** Bytes of the output queue that are used only by a guest that does not wait. */
    public static final int SLACK = 4096;

    private static final int FIFO_SIZE = 16;
    private static final int[] TRIGGER = {1, 4, 8, 14};

    private static final int IER_RX = 1;
    private static final int IER_TX = 2;
    private static final int IER_LINE = 4;
    private static final int IER_MODEM = 8;

    private static final int IIR_NONE = 1;
    private static final int IIR_MODEM = 0;
    private static final int IIR_TX = 2;
    private static final int IIR_RX = 4;
    private static final int IIR_LINE = 6;
    private static final int IIR_RX_TIMEOUT = 0xc;
    private static final int IIR_FIFOS = 0xc0;

    private static final int FCR_ENABLE = 1;
    private static final int FCR_CLEAR_RX = 2;
    private static final int LCR_DLAB = 0x80;

    private static final int MCR_DTR = 1;
    private static final int MCR_RTS = 2;
    private static final int MCR_OUT1 = 4;
    private static final int MCR_OUT2 = 8;
    private static final int MCR_LOOP = 16;

    private static final int LSR_READY = 1;
    private static final int LSR_OVERRUN = 2;
    private static final int LSR_THR_EMPTY = 0x20;
    private static final int LSR_TX_IDLE = 0x40;

    private static final int MSR_CTS = 0x10;
    private static final int MSR_DSR = 0x20;
    private static final int MSR_RING = 0x40;
    private static final int MSR_CARRIER = 0x80;
    private static final int MSR_RING_ENDED = 4;

    /** A null modem with somebody at the other end. */
    private static final int CONNECTED = MSR_CTS | MSR_DSR | MSR_CARRIER;

    private static final int STATE = 0x55415201; // "UAR", version 1
    private static final int STATE_FIXED = 12 + FIFO_SIZE + 8;

    private final InterruptLine irq;
    private final ByteQueue output;
    private final ByteQueue input;
    private final int readyBelow;

    private final byte[] fifo = new byte[FIFO_SIZE];
    private int fifoHead;
    private int fifoCount;
    private int ier;
    private int fcr;
    private int lcr;
    private int mcr;
    private int scratch;
    private int divisor = 12; // 9600 baud, what firmware leaves
    private int msrDelta;
    private boolean overrun;
    private boolean txInterrupt;
    private boolean level;
    private long lost;

    /**
     * Makes a port as it is after power-on.
     *
     * @param irq its interrupt; asserted only while the guest has OUT2 set, which gates it on a PC
     * @param output where the guest's bytes go, of more than {@link #SLACK} bytes; read and closed by the host
     * @param input where the guest's input comes from; written by the host
     */
    public Uart16550(InterruptLine irq, ByteQueue output, ByteQueue input) {
        if (output.capacity() <= SLACK) {
            throw new IllegalArgumentException("an output queue of " + output.capacity()
                    + " bytes is too small; more than " + SLACK + " are needed");
        }
        this.irq = irq;
        this.output = output;
        this.input = input;
        readyBelow = output.capacity() - SLACK;
        output.onHostAction(this::outputRead);
        input.onHostAction(this::inputWritten);
    }

    /** Bytes that a guest wrote without waiting until there was room, and that were lost. */
    public synchronized long lostBytes() {
        return lost;
    }

    @Override
    public synchronized long read(int offset, int size) {
        boolean dlab = (lcr & LCR_DLAB) != 0;
        return switch (offset & 7) {
            case 0 -> dlab ? divisor & 0xff : readReceiver();
            case 1 -> dlab ? divisor >> 8 : ier;
            case 2 -> readInterruptId();
            case 3 -> lcr;
            case 4 -> mcr;
            case 5 -> readLineStatus();
            case 6 -> readModemStatus();
            default -> scratch;
        };
    }

    @Override
    public synchronized void write(int offset, int size, long value) {
        int v = (int) value & 0xff;
        boolean dlab = (lcr & LCR_DLAB) != 0;
        switch (offset & 7) {
            case 0 -> {
                if (dlab) {
                    divisor = (divisor & 0xff00) | v;
                } else {
                    transmit((byte) v);
                }
            }
            case 1 -> {
                if (dlab) {
                    divisor = (divisor & 0xff) | v << 8;
                } else {
                    writeInterruptEnable(v);
                }
            }
            case 2 -> writeFifoControl(v);
            case 3 -> lcr = v;
            case 4 -> writeModemControl(v);
            case 5, 6 -> {
                // Line and modem status: written in factory tests only.
            }
            default -> scratch = v;
        }
        update();
    }

    // The host's end

    private synchronized void outputRead() {
        if (transmitterReady() && (ier & IER_TX) != 0) {
            txInterrupt = true;
        }
        update();
    }

    private synchronized void inputWritten() {
        fill();
        update();
    }

    // Receiver

    private int readReceiver() {
        if (fifoCount == 0) {
            return 0;
        }
        int value = fifo[fifoHead] & 0xff;
        fifoHead = (fifoHead + 1) % FIFO_SIZE;
        fifoCount--;
        fill();
        update();
        return value;
    }

    private void fill() {
        if ((mcr & MCR_LOOP) != 0) {
            return;
        }
        while (fifoCount < depth()) {
            int value = input.poll();
            if (value < 0) {
                return;
            }
            push((byte) value);
        }
    }

    private void push(byte value) {
        fifo[(fifoHead + fifoCount) % FIFO_SIZE] = value;
        fifoCount++;
    }

    private int depth() {
        return (fcr & FCR_ENABLE) != 0 ? FIFO_SIZE : 1;
    }

    // Transmitter

    private boolean transmitterReady() {
        return (mcr & MCR_LOOP) != 0 || output.size() < readyBelow || output.closed();
    }

    private void transmit(byte value) {
        txInterrupt = false;
        if ((mcr & MCR_LOOP) != 0) {
            if (fifoCount < depth()) {
                push(value);
            } else {
                overrun = true;
            }
        } else if (!output.offer(value) && !output.closed()) {
            lost++;
        }
        // The byte is gone at once, so the holding register is empty again.
        txInterrupt = transmitterReady();
    }

    // Control and status

    private void writeInterruptEnable(int v) {
        boolean txEnabled = (ier & IER_TX) == 0 && (v & IER_TX) != 0;
        ier = v & 0xf;
        if (txEnabled && transmitterReady()) {
            txInterrupt = true;
        }
    }

    private void writeFifoControl(int v) {
        boolean toggled = ((fcr ^ v) & FCR_ENABLE) != 0;
        if (toggled || (v & FCR_CLEAR_RX) != 0) {
            fifoCount = 0;
            overrun = false;
        }
        // Without the enable bit the others are not programmed.
        fcr = (v & FCR_ENABLE) != 0 ? v & 0xc9 : 0;
        fill();
    }

    private void writeModemControl(int v) {
        int before = modemLines();
        mcr = v & 0x1f;
        int after = modemLines();
        int changed = (before ^ after) & (MSR_CTS | MSR_DSR | MSR_CARRIER);
        msrDelta |= changed >> 4;
        if ((before & MSR_RING) != 0 && (after & MSR_RING) == 0) {
            msrDelta |= MSR_RING_ENDED;
        }
        fill();
    }

    /** The upper half of MSR: the wires, or in loopback the port's own outputs. */
    private int modemLines() {
        if ((mcr & MCR_LOOP) == 0) {
            return CONNECTED;
        }
        return ((mcr & MCR_RTS) != 0 ? MSR_CTS : 0)
                | ((mcr & MCR_DTR) != 0 ? MSR_DSR : 0)
                | ((mcr & MCR_OUT1) != 0 ? MSR_RING : 0)
                | ((mcr & MCR_OUT2) != 0 ? MSR_CARRIER : 0);
    }

    private int readLineStatus() {
        int status = (fifoCount > 0 ? LSR_READY : 0) | (overrun ? LSR_OVERRUN : 0);
        if (transmitterReady()) {
            status |= LSR_THR_EMPTY | LSR_TX_IDLE;
        }
        if (overrun) {
            overrun = false;
            update();
        }
        return status;
    }

    private int readModemStatus() {
        int status = modemLines() | msrDelta;
        if (msrDelta != 0) {
            msrDelta = 0;
            update();
        }
        return status;
    }

    private int readInterruptId() {
        int id = interruptId();
        if (id == IIR_TX) {
            txInterrupt = false;
            update();
        }
        return id | ((fcr & FCR_ENABLE) != 0 ? IIR_FIFOS : 0);
    }

    /** The pending interrupt of the highest priority, as IIR codes it. */
    private int interruptId() {
        if ((ier & IER_LINE) != 0 && overrun) {
            return IIR_LINE;
        }
        if ((ier & IER_RX) != 0 && fifoCount > 0) {
            // Below the trigger level the byte timeout has passed: there is no more to come at this instant.
            return depth() == 1 || fifoCount >= TRIGGER[fcr >> 6] ? IIR_RX : IIR_RX_TIMEOUT;
        }
        if ((ier & IER_TX) != 0 && txInterrupt) {
            return IIR_TX;
        }
        if ((ier & IER_MODEM) != 0 && msrDelta != 0) {
            return IIR_MODEM;
        }
        return IIR_NONE;
    }

    private void update() {
        boolean now = interruptId() != IIR_NONE && (mcr & (MCR_OUT2 | MCR_LOOP)) == MCR_OUT2;
        if (now != level) {
            level = now;
            irq.set(now);
        }
    }

    /** Registers, and the bytes under way in both queues. */
    @Override
    public synchronized byte[] state() {
        byte[] out = output.snapshot();
        byte[] in = input.snapshot();
        byte[] saved = new byte[4 + STATE_FIXED + out.length + in.length];
        ByteBuffer state = ByteBuffer.wrap(saved).putInt(STATE);
        state.put((byte) ier).put((byte) fcr).put((byte) lcr).put((byte) mcr).put((byte) scratch);
        state.putShort((short) divisor).put((byte) msrDelta);
        state.put((byte) (overrun ? 1 : 0)).put((byte) (txInterrupt ? 1 : 0)).put((byte) (level ? 1 : 0));
        state.put((byte) fifoCount);
        for (int i = 0; i < FIFO_SIZE; i++) {
            state.put(fifo[(fifoHead + i) % FIFO_SIZE]);
        }
        state.putInt(out.length).putInt(in.length).put(out).put(in);
        return saved;
    }

    /** Also replaces what is under way in the queues. Sets the interrupt line to the saved level. */
    @Override
    public synchronized void restore(byte[] saved) {
        ByteBuffer state = StateCodec.read(
                "a 16550A", STATE, saved, STATE_FIXED, STATE_FIXED + output.capacity() + input.capacity());
        int savedCount = saved[4 + 11];
        int outLength = state.getInt(4 + 12 + FIFO_SIZE);
        int inLength = state.getInt(4 + 16 + FIFO_SIZE);
        if (savedCount < 0 || savedCount > FIFO_SIZE) {
            throw StateCodec.bad("a 16550A", "its receiver holds " + savedCount + " bytes");
        }
        if (outLength < 0
                || inLength < 0
                || outLength > output.capacity()
                || inLength > input.capacity()
                || outLength + inLength != saved.length - 4 - STATE_FIXED) {
            throw StateCodec.bad("a 16550A", "its queues hold " + outLength + " and " + inLength + " bytes");
        }
        ier = state.get() & 0xf;
        fcr = state.get() & 0xc9;
        lcr = state.get() & 0xff;
        mcr = state.get() & 0x1f;
        scratch = state.get() & 0xff;
        divisor = state.getShort() & 0xffff;
        msrDelta = state.get() & 0xf;
        overrun = state.get() != 0;
        txInterrupt = state.get() != 0;
        level = state.get() != 0;
        fifoCount = state.get();
        fifoHead = 0;
        state.get(fifo);
        byte[] out = new byte[outLength];
        byte[] in = new byte[inLength];
        state.getLong();
        state.get(out).get(in);
        output.replace(out);
        input.replace(in);
        irq.set(level);
    }
}
