package dev.ktstr.vm.kvm.device;

import java.util.ArrayList;
import java.util.List;

/** Notes what devices tell the machine. */
final class Recorder implements PowerSwitch, InterruptLine {
    final List<String> events = new ArrayList<>();
    boolean level;

    @Override
    public void powerOff() {
        events.add("power off");
    }

    @Override
    public void reset(String how) {
        events.add("reset by " + how);
    }

    @Override
    public void set(boolean newLevel) {
        level = newLevel;
        events.add(newLevel ? "irq up" : "irq down");
    }
}
