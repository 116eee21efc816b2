package dev.ktstr.vm.kvm.acpi;

/** The header that all tables but RSDP and FACS have (section 5.2.6). */
final class Table {
    static final int HEADER_BYTES = 36;

    private static final int CHECKSUM = 9;
    private static final String OEM = "KTSTR ";
    private static final String OEM_TABLE = "KTSTR-VM";
    private static final String CREATOR = "KTST";

    private Table() {}

    /**
     * Makes a table.
     *
     * @param signature four letters
     * @param revision of the table's format
     * @param body what follows the header
     */
    static byte[] of(String signature, int revision, byte[] body) {
        byte[] table = new Bytes()
                .ascii(signature)
                .u32(HEADER_BYTES + body.length)
                .u8(revision)
                .u8(0)
                .ascii(OEM)
                .ascii(OEM_TABLE)
                .u32(1)
                .ascii(CREATOR)
                .u32(1)
                .put(body)
                .toArray();
        table[CHECKSUM] = checksum(table, table.length);
        return table;
    }

    /** The byte that makes the sum of the first {@code length} bytes zero, where that byte is still zero. */
    static byte checksum(byte[] bytes, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            sum += bytes[i];
        }
        return (byte) -sum;
    }
}
