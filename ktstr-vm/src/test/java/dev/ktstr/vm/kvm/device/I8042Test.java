package dev.ktstr.vm.kvm.device;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class I8042Test extends DeviceContract {
    private final Recorder recorder = new Recorder();
    private final I8042 controller = new I8042(recorder, recorder);

    @Override
    Device create() {
        return new I8042(InterruptLine.NONE, new Recorder());
    }

    @Override
    int size() {
        return I8042.SIZE;
    }

    private int status() {
        return (int) controller.read(I8042.COMMAND, 1);
    }

    private int data() {
        return (int) controller.read(0, 1);
    }

    private void command(int value) {
        controller.write(I8042.COMMAND, 1, value);
    }

    @Test
    void writing0xfeToTheCommandPortResets() {
        command(0xfe);
        assertThat(recorder.events).containsExactly("reset by keyboard controller");
    }

    @Test
    void resettingThroughTheOutputPortWorksToo() {
        command(0xd1);
        controller.write(0, 1, 0xdf);
        assertThat(recorder.events).isEmpty();
        command(0xd1);
        controller.write(0, 1, 0xde);
        assertThat(recorder.events).containsExactly("reset by keyboard controller");
    }

    /** {@code i8042_controller_check}, {@code _selftest} and {@code _init} of Linux. */
    @Test
    void linuxsProbeOfTheControllerEndsWell() {
        assertThat(status() & 3).as("nothing to flush, not busy").isZero();
        command(0xaa);
        assertThat(status() & 1).isOne();
        assertThat(data()).isEqualTo(0x55);
        assertThat(status() & 1).isZero();
        command(0x20);
        int config = data();
        command(0x60);
        controller.write(0, 1, (config | 0x10) & ~1);
        command(0x20);
        assertThat(data()).isEqualTo((config | 0x10) & ~1);
        assertThat(status() & 0x10).as("keylock open").isNotZero();
    }

    /** {@code i8042_check_aux}: the looped byte must not come back as the mouse's, and the test must fail. */
    @Test
    void linuxFindsNoMousePort() {
        command(0xd3);
        controller.write(0, 1, 0x5a);
        assertThat(status() & 0x21).as("full, and not from the mouse").isEqualTo(1);
        assertThat(data()).isEqualTo(0x5a);
        command(0xa9);
        assertThat(data()).isNotIn(0, 0xfa, 0xff);
    }

    @Test
    void aKeyboardCommandTimesOut() {
        controller.write(0, 1, 0xf2);
        assertThat(status() & 0x41).isEqualTo(0x41);
        assertThat(recorder.level).as("interrupt").isTrue();
        assertThat(data()).isEqualTo(0xfe);
        assertThat(status() & 0x41).isZero();
        assertThat(recorder.level).isFalse();
    }

    @Test
    void thePortsBetweenReadAsNothing() {
        assertThat(controller.read(1, 1)).isEqualTo(0xff);
        controller.write(1, 1, 0xfe);
        assertThat(recorder.events).isEmpty();
    }
}
