package dev.ktstr.vm.kvm.acpi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Finds tables in memory the way an operating system does: RSDP, XSDT, FADT; checks every checksum on the way. */
final class Tables {
    private final ByteBuffer memory;
    private final long base;
    private final Map<String, byte[]> tables = new LinkedHashMap<>();

    Tables(AcpiImage image) {
        memory = ByteBuffer.wrap(image.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        base = image.address();
        int rsdp = (int) (image.rsdp() - base);
        assertThat(text(rsdp, 8)).isEqualTo("RSD PTR ");
        assertThat(sum(rsdp, 20)).isZero();
        assertThat(sum(rsdp, memory.getInt(rsdp + 20))).isZero();
        int xsdt = offset(memory.getLong(rsdp + 24));
        int length = add(xsdt);
        for (int at = xsdt + 36; at < xsdt + length; at += 8) {
            int table = offset(memory.getLong(at));
            add(table);
            if (text(table, 4).equals("FACP")) {
                assertThat(memory.getInt(table + 40)).isEqualTo((int) memory.getLong(table + 140));
                add(offset(memory.getLong(table + 140)));
                facs(offset(memory.getInt(table + 36)));
            }
        }
    }

    /** All tables by signature. */
    Map<String, byte[]> all() {
        return tables;
    }

    /** One table. */
    ByteBuffer get(String signature) {
        assertThat(tables).containsKey(signature);
        return ByteBuffer.wrap(tables.get(signature)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void facs(int at) {
        assertThat(at % 64).isZero();
        assertThat(text(at, 4)).isEqualTo("FACS");
        put(at, 64);
    }

    private int add(int at) {
        int length = memory.getInt(at + 4);
        assertThat(sum(at, length)).as("checksum of %s", text(at, 4)).isZero();
        put(at, length);
        return length;
    }

    private void put(int at, int length) {
        byte[] table = new byte[length];
        memory.get(at, table);
        tables.put(text(at, 4), table);
    }

    private int offset(long address) {
        assertThat(address).isBetween(base, base + memory.capacity() - 36L);
        return (int) (address - base);
    }

    private byte sum(int at, int length) {
        byte sum = 0;
        for (int i = 0; i < length; i++) {
            sum += memory.get(at + i);
        }
        return sum;
    }

    private String text(int at, int length) {
        byte[] bytes = new byte[length];
        memory.get(at, bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
