package dev.ktstr.vm.kvm.acpi;

/** ACPI tables ready to be copied into the guest, pointers and checksums filled in. Immutable. */
public final class AcpiImage {
    private final long address;
    private final byte[] bytes;

    AcpiImage(long address, byte[] bytes) {
        this.address = address;
        this.bytes = bytes;
    }

    /** Guest-physical address of the first byte. */
    public long address() {
        return address;
    }

    /** The tables, RSDP first; a copy. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Address of the RSDP, which the boot protocols pass to the kernel. */
    public long rsdp() {
        return address;
    }
}
