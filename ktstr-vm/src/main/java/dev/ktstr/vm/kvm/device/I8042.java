package dev.ktstr.vm.kvm.device;

import java.nio.ByteBuffer;

/**
 * The keyboard controller, without keyboard and mouse: a way to reset the machine, and answers that let a driver's probe
 * end quickly ({@code drivers/input/serio/i8042.c} of Linux waits 0.5 s for each that does not come).
 *
 * <p>Port 0x61 lies between its ports and belongs to the timer: KVM answers it when the timer is made with
 * {@code KVM_PIT_SPEAKER_DUMMY}. Here it reads as nothing.
 *
 * <p>Commands as in IBM's PS/2 Hardware Interface Technical Reference, "Keyboard and Auxiliary Device Controller".
 */
public final class I8042 implements Device {
    /** First I/O port; data at offset 0, command and status at {@link #COMMAND}. */
    public static final int PORT = 0x60;

    /** Ports from the first to the last; those between belong to others. */
    public static final int SIZE = 5;

    /** Offset of the command and status port. */
    public static final int COMMAND = 4;

    private static final int STATUS_OUTPUT_FULL = 0x01;
    private static final int STATUS_COMMAND = 0x08;
    private static final int STATUS_UNLOCKED = 0x10;
    private static final int STATUS_TIMEOUT = 0x40;

    private static final int CONFIG_KEYBOARD_INTERRUPT = 1;
    private static final int CONFIG_SYSTEM = 4;
    private static final int CONFIG_KEYBOARD_OFF = 0x10;
    private static final int CONFIG_MOUSE_OFF = 0x20;
    private static final int CONFIG_TRANSLATE = 0x40;

    private static final int READ_CONFIG = 0x20;
    private static final int WRITE_CONFIG = 0x60;
    private static final int MOUSE_OFF = 0xa7;
    private static final int MOUSE_ON = 0xa8;
    private static final int TEST_MOUSE = 0xa9;
    private static final int SELF_TEST = 0xaa;
    private static final int TEST_KEYBOARD = 0xab;
    private static final int KEYBOARD_OFF = 0xad;
    private static final int KEYBOARD_ON = 0xae;
    private static final int READ_OUTPUT_PORT = 0xd0;
    private static final int WRITE_OUTPUT_PORT = 0xd1;
    private static final int LOOP_KEYBOARD = 0xd2;
    private static final int LOOP_MOUSE = 0xd3;
    private static final int WRITE_MOUSE = 0xd4;
    private static final int PULSE = 0xf0;
    private static final int RESET_LINE = 1;

    private static final int SELF_TEST_PASSED = 0x55;
    private static final int CLOCK_STUCK_LOW = 1;
    private static final int RESEND = 0xfe;

    /** Output port: not in reset, address line 20 open. */
    private static final int OUTPUT_PORT = 3;

    private static final int STATE = 0x4b424301; // "KBC", version 1

    private final InterruptLine irq;
    private final PowerSwitch power;
    private int config = CONFIG_KEYBOARD_INTERRUPT | CONFIG_SYSTEM | CONFIG_MOUSE_OFF | CONFIG_TRANSLATE;
    private int pending;
    private int output;
    private boolean full;
    private boolean timeout;
    private boolean lastWasCommand;
    private boolean level;

    /**
     * Makes it.
     *
     * @param irq its interrupt, ISA line 1
     * @param power told of resets
     */
    public I8042(InterruptLine irq, PowerSwitch power) {
        this.irq = irq;
        this.power = power;
    }

    @Override
    public synchronized long read(int offset, int size) {
        return switch (offset) {
            case 0 -> {
                full = false;
                timeout = false;
                update();
                yield output;
            }
            case COMMAND ->
                STATUS_UNLOCKED
                        | (config & CONFIG_SYSTEM)
                        | (full ? STATUS_OUTPUT_FULL : 0)
                        | (timeout ? STATUS_TIMEOUT : 0)
                        | (lastWasCommand ? STATUS_COMMAND : 0);
            default -> 0xff;
        };
    }

    @Override
    public synchronized void write(int offset, int size, long value) {
        int v = (int) value & 0xff;
        if (offset == COMMAND) {
            lastWasCommand = true;
            command(v);
        } else if (offset == 0) {
            lastWasCommand = false;
            data(v);
        }
        update();
    }

    private void command(int command) {
        pending = 0;
        if (command >= PULSE) {
            // Each bit that is 0 pulses a line of the output port.
            if ((command & RESET_LINE) == 0) {
                power.reset("keyboard controller");
            }
            return;
        }
        switch (command) {
            case READ_CONFIG -> answer(config);
            case MOUSE_OFF -> config |= CONFIG_MOUSE_OFF;
            case MOUSE_ON -> config &= ~CONFIG_MOUSE_OFF;
            case TEST_MOUSE -> answer(CLOCK_STUCK_LOW);
            case SELF_TEST -> answer(SELF_TEST_PASSED);
            case TEST_KEYBOARD -> answer(0);
            case KEYBOARD_OFF -> config |= CONFIG_KEYBOARD_OFF;
            case KEYBOARD_ON -> config &= ~CONFIG_KEYBOARD_OFF;
            case READ_OUTPUT_PORT -> answer(OUTPUT_PORT);
            case WRITE_CONFIG, WRITE_OUTPUT_PORT, LOOP_KEYBOARD, LOOP_MOUSE, WRITE_MOUSE -> pending = command;
            default -> {
                // Commands of chips that this is not.
            }
        }
    }

    private void data(int value) {
        int forCommand = pending;
        pending = 0;
        switch (forCommand) {
            case WRITE_CONFIG -> config = value & 0x7f;
            case WRITE_OUTPUT_PORT -> {
                if ((value & RESET_LINE) == 0) {
                    power.reset("keyboard controller");
                }
            }
            // Not marked as the mouse's, which tells a driver that there is no mouse port.
            case LOOP_KEYBOARD, LOOP_MOUSE -> answer(value);
            default -> {
                answer(RESEND);
                timeout = true;
            }
        }
    }

    private void answer(int value) {
        output = value;
        full = true;
        timeout = false;
    }

    private void update() {
        boolean now = full && (config & CONFIG_KEYBOARD_INTERRUPT) != 0;
        if (now != level) {
            level = now;
            irq.set(now);
        }
    }

    @Override
    public synchronized byte[] state() {
        return StateCodec.write(STATE, 7)
                .put((byte) config)
                .put((byte) pending)
                .put((byte) output)
                .put(flag(full))
                .put(flag(timeout))
                .put(flag(lastWasCommand))
                .put(flag(level))
                .array();
    }

    @Override
    public synchronized void restore(byte[] state) {
        ByteBuffer saved = StateCodec.read("a keyboard controller", STATE, state, 7, 7);
        config = saved.get() & 0x7f;
        pending = saved.get() & 0xff;
        output = saved.get() & 0xff;
        full = saved.get() != 0;
        timeout = saved.get() != 0;
        lastWasCommand = saved.get() != 0;
        level = saved.get() != 0;
        irq.set(level);
    }

    private static byte flag(boolean value) {
        return (byte) (value ? 1 : 0);
    }
}
