package dev.ktstr.vm.kvm.device;

/** What devices tell the machine when the guest ends itself. Called on a vCPU's thread; must neither block nor throw. */
public interface PowerSwitch {
    /** The guest powered itself off. */
    void powerOff();

    /**
     * The guest asked for a reset.
     *
     * @param how by which device, for the report: {@code "keyboard controller"}
     */
    void reset(String how);
}
