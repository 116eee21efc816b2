package dev.ktstr.vm.kvm.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class Uart16550Test extends DeviceContract {
    private static final int DATA = 0;
    private static final int IER = 1;
    private static final int IIR = 2;
    private static final int FCR = 2;
    private static final int LCR = 3;
    private static final int MCR = 4;
    private static final int LSR = 5;
    private static final int MSR = 6;
    private static final int SCRATCH = 7;

    private static final int OUT2 = 8;
    private static final int LOOP = 16;
    private static final int READY = 1;
    private static final int OVERRUN = 2;
    private static final int IDLE = 0x60;
    private static final long BOUND_NS = Duration.ofSeconds(10).toNanos();
    private static final int CAPACITY = Uart16550.SLACK + 64;

    private final Recorder irq = new Recorder();
    private final ByteQueue output = new ByteQueue(CAPACITY);
    private final ByteQueue input = new ByteQueue(64);
    private final Uart16550 uart = new Uart16550(irq, output, input);

    @Override
    Device create() {
        return new Uart16550(InterruptLine.NONE, new ByteQueue(CAPACITY), new ByteQueue(64));
    }

    @Override
    int size() {
        return Uart16550.SIZE;
    }

    private int in(int register) {
        return (int) uart.read(register, 1);
    }

    private void out(int register, int value) {
        uart.write(register, 1, value);
    }

    private String drained() throws InterruptedException {
        byte[] bytes = new byte[CAPACITY];
        int n = output.read(bytes, 0, bytes.length, 0);
        return new String(bytes, 0, Math.max(n, 0), StandardCharsets.ISO_8859_1);
    }

    private void type(String text) throws InterruptedException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        assertThat(input.write(bytes, 0, bytes.length, BOUND_NS)).isEqualTo(bytes.length);
    }

    @Test
    void whatTheGuestWritesTheHostReads() throws InterruptedException {
        for (char c : "hello".toCharArray()) {
            assertThat(in(LSR) & IDLE).isEqualTo(IDLE);
            out(DATA, c);
        }
        assertThat(drained()).isEqualTo("hello");
    }

    @Test
    void whatTheHostWritesTheGuestReads() throws InterruptedException {
        out(FCR, 1);
        type("abc");
        assertThat(in(LSR) & READY).isEqualTo(READY);
        assertThat("" + (char) in(DATA) + (char) in(DATA) + (char) in(DATA)).isEqualTo("abc");
        assertThat(in(LSR) & READY).isZero();
        assertThat(in(DATA)).isZero();
    }

    @Test
    void moreInputThanTheFifoHoldsWaitsInTheQueue() throws InterruptedException {
        out(FCR, 1);
        type("0123456789abcdefghijklmnopqrstuvwxyz");
        StringBuilder got = new StringBuilder();
        while ((in(LSR) & READY) != 0) {
            got.append((char) in(DATA));
        }
        assertThat(got).hasToString("0123456789abcdefghijklmnopqrstuvwxyz");
        assertThat(in(LSR) & OVERRUN).isZero();
    }

    /** Linux's {@code autoconfig} in {@code drivers/tty/serial/8250/8250_port.c}. */
    @Test
    void linuxFindsA16550A() {
        out(IER, 0);
        assertThat(in(IER) & 0xf).isZero();
        out(IER, 0xff);
        assertThat(in(IER)).as("upper bits are not there").isEqualTo(0xf);
        out(IER, 0);
        out(MCR, LOOP | OUT2 | 2);
        assertThat(in(MSR) & 0xf0).as("loopback: DCD and CTS").isEqualTo(0x90);
        out(MCR, 0);
        out(LCR, 0xbf);
        out(IIR, 0);
        out(LCR, 0);
        out(FCR, 1);
        assertThat(in(IIR) & 0xc0).as("16550A").isEqualTo(0xc0);
        out(LCR, 0x80);
        assertThat(in(IIR)).as("no EFR").isNotZero();
        out(LCR, 0);
        out(FCR, 0x21);
        assertThat(in(IIR) & 0x20).as("no 64-byte FIFO").isZero();
        out(IER, 0x40);
        assertThat(in(IER) & 0x40).as("no XScale").isZero();
    }

    /** {@code serial8250_THRE_test} wants the interrupt each time it is enabled with an empty transmitter. */
    @Test
    void enablingTheTransmitInterruptRaisesItAndReadingItClearsIt() {
        out(MCR, OUT2);
        out(IER, 2);
        assertThat(irq.level).isTrue();
        assertThat(in(IIR)).isEqualTo(2);
        assertThat(irq.level).isFalse();
        assertThat(in(IIR)).isEqualTo(1);
        out(IER, 0);
        out(IER, 2);
        assertThat(in(IIR)).isEqualTo(2);
        out(DATA, 'x');
        assertThat(irq.level).as("empty again").isTrue();
    }

    @Test
    void receivedBytesInterruptUntilTheyAreRead() throws InterruptedException {
        out(FCR, 0x81); // trigger at 8
        out(MCR, OUT2);
        out(IER, 1);
        type("1234567");
        assertThat(irq.level).isTrue();
        assertThat(in(IIR)).as("below the trigger: timeout").isEqualTo(0xcc);
        type("8");
        assertThat(in(IIR)).as("at the trigger").isEqualTo(0xc4);
        for (int i = 0; i < 8; i++) {
            assertThat(irq.level).isTrue();
            in(DATA);
        }
        assertThat(irq.level).isFalse();
    }

    @Test
    void theInterruptReachesThePcOnlyWithOut2() throws InterruptedException {
        out(IER, 1);
        type("x");
        assertThat(irq.level).isFalse();
        assertThat(in(IIR)).isEqualTo(4);
        out(MCR, OUT2);
        assertThat(irq.level).isTrue();
        out(MCR, OUT2 | LOOP);
        assertThat(irq.level).isFalse();
    }

    @Test
    void aSlowHostLosesNothingOfAGuestThatWaits() throws InterruptedException {
        out(MCR, OUT2);
        StringBuilder sent = new StringBuilder();
        StringBuilder got = new StringBuilder();
        for (int i = 0; sent.length() < 3 * CAPACITY; i++) {
            if ((in(LSR) & 0x20) != 0) {
                out(DATA, 'a' + i % 26);
                sent.append((char) ('a' + i % 26));
            } else {
                assertThat(output.size()).isEqualTo(64);
                out(IER, 2);
                assertThat(irq.level).as("busy").isFalse();
                got.append(drained());
                assertThat(irq.level).as("ready again").isTrue();
                out(IER, 0);
            }
        }
        got.append(drained());
        assertThat(got).hasToString(sent.toString());
        assertThat(uart.lostBytes()).isZero();
    }

    @Test
    void aGuestThatDoesNotWaitLosesWhatExceedsTheQueueAndItIsCounted() throws InterruptedException {
        for (int i = 0; i < CAPACITY + 10; i++) {
            out(DATA, 'x');
        }
        assertThat(uart.lostBytes()).isEqualTo(10);
        assertThat(drained()).hasSize(CAPACITY);
    }

    @Test
    void aHostThatLeftNeverBlocksTheGuest() {
        for (int i = 0; i < 64; i++) {
            out(DATA, 'x');
        }
        assertThat(in(LSR) & IDLE).isZero();
        out(MCR, OUT2);
        out(IER, 2);
        assertThat(irq.level).isFalse();
        output.close();
        assertThat(irq.level).as("a driver that waits goes on").isTrue();
        for (int i = 0; i < 2 * CAPACITY; i++) {
            assertThat(in(LSR) & IDLE).isEqualTo(IDLE);
            out(DATA, 'y');
        }
        assertThat(uart.lostBytes()).as("nobody wants them").isZero();
    }

    @Test
    void loopbackGoesToTheReceiverAndNotToTheHost() throws InterruptedException {
        out(FCR, 1);
        out(MCR, LOOP);
        for (int i = 0; i < 17; i++) {
            out(DATA, 'A' + i);
        }
        assertThat(in(LSR) & (READY | OVERRUN)).isEqualTo(READY | OVERRUN);
        assertThat(in(LSR) & OVERRUN).as("read once").isZero();
        assertThat(in(DATA)).isEqualTo('A');
        assertThat(drained()).isEmpty();
        type("later");
        out(FCR, 3);
        assertThat(in(LSR) & READY).as("the host's input waits").isZero();
        out(MCR, 0);
        assertThat(in(DATA)).isEqualTo('l');
    }

    @Test
    void modemLinesInLoopbackAreItsOwnOutputsAndChangesAreNoted() {
        assertThat(in(MSR)).isEqualTo(0xb0);
        out(MCR, LOOP);
        assertThat(in(MSR)).as("CTS, DSR and DCD fell").isEqualTo(0x0b);
        assertThat(in(MSR)).isZero();
        out(MCR, LOOP | 4);
        assertThat(in(MSR)).as("a rising ring is not noted").isEqualTo(0x40);
        out(MCR, LOOP);
        assertThat(in(MSR)).as("its end is").isEqualTo(4);
    }

    @Test
    void registersHoldWhatWasWritten() {
        out(SCRATCH, 0x5a);
        out(LCR, 0x83);
        out(0, 1);
        out(1, 0x12);
        assertThat(in(0)).isEqualTo(1);
        assertThat(in(1)).isEqualTo(0x12);
        out(LCR, 3);
        assertThat(in(LCR)).isEqualTo(3);
        assertThat(in(SCRATCH)).isEqualTo(0x5a);
        assertThat(in(IER)).isZero();
    }

    @Test
    void bytesUnderWayAreInTheSavedState() throws InterruptedException {
        out(FCR, 1);
        out(MCR, OUT2);
        out(IER, 1);
        for (char c : "out".toCharArray()) {
            out(DATA, c);
        }
        type("this is longer than the FIFO");
        ByteQueue output2 = new ByteQueue(CAPACITY);
        Recorder irq2 = new Recorder();
        Uart16550 copy = new Uart16550(irq2, output2, new ByteQueue(64));
        copy.restore(uart.state());
        assertThat(irq2.level).isTrue();
        byte[] bytes = new byte[3];
        assertThat(output2.read(bytes, 0, 3, 0)).isEqualTo(3);
        assertThat(bytes).asString(StandardCharsets.US_ASCII).isEqualTo("out");
        StringBuilder got = new StringBuilder();
        while ((copy.read(LSR, 1) & READY) != 0) {
            got.append((char) copy.read(DATA, 1));
        }
        assertThat(got).hasToString("this is longer than the FIFO");
    }

    @Test
    void hostAndGuestMayWorkAtTheSameTime() throws Exception {
        int total = 200_000;
        CompletableFuture<Integer> host = CompletableFuture.supplyAsync(() -> {
            byte[] bytes = new byte[1000];
            int got = 0;
            try {
                for (int n = 0; n >= 0; n = output.read(bytes, 0, bytes.length, BOUND_NS)) {
                    for (int i = 0; i < n; i++) {
                        assertThat(bytes[i]).isEqualTo((byte) (got + i));
                    }
                    got += n;
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return got;
        });
        for (int sent = 0; sent < total; ) {
            if ((in(LSR) & 0x20) != 0) {
                out(DATA, sent);
                sent++;
            }
        }
        output.close();
        assertThat(host.get(30, TimeUnit.SECONDS)).isEqualTo(total);
    }

    @Test
    void anOutputQueueWithoutRoomBesidesTheSlackIsRefused() {
        assertThatThrownBy(() -> new Uart16550(irq, new ByteQueue(Uart16550.SLACK), input))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
