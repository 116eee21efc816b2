package dev.ktstr.vm.kvm.device;

/** A wire to the interrupt controller. */
@FunctionalInterface
public interface InterruptLine {
    /** A wire that ends nowhere. */
    InterruptLine NONE = level -> {};

    /**
     * Sets the level. Called with changes only, under the device's lock: it must not call back into the device.
     *
     * @param level true is asserted
     */
    void set(boolean level);
}
