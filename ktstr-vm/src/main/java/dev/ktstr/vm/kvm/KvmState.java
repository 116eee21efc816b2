package dev.ktstr.vm.kvm;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A frozen machine without its RAM, as bytes: parts with names, each vCPU's and the machine's own. What the parts hold is KVM's
 * or a device's to say; here they are only packed.
 *
 * @param machine parts of the machine and its devices
 * @param cpus parts of each vCPU
 */
record KvmState(Map<String, byte[]> machine, List<Map<String, byte[]>> cpus) {
    /** "KVMS", and the form of what follows. */
    private static final int MAGIC = 0x4b564d53;

    private static final int FORM = 1;
    private static final int MOST_CPUS = 4096;
    private static final int MOST_PARTS = 64;
    private static final int LARGEST_PART = 1 << 20;

    KvmState {
        machine = Map.copyOf(machine);
        cpus = cpus.stream().map(Map::copyOf).toList();
    }

    byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(MAGIC);
            out.writeInt(FORM);
            out.writeInt(cpus.size());
            write(out, machine);
            for (Map<String, byte[]> cpu : cpus) {
                write(out, cpu);
            }
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, Map<String, byte[]> parts) throws IOException {
        out.writeInt(parts.size());
        for (Map.Entry<String, byte[]> part : new TreeMap<>(parts).entrySet()) {
            out.writeUTF(part.getKey());
            out.writeInt(part.getValue().length);
            out.write(part.getValue());
        }
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws IOException when the bytes are something else, or cut off
     */
    static KvmState decode(byte[] bytes) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (bytes.length < 12 || in.readInt() != MAGIC || in.readInt() != FORM) {
                throw new IOException("it is no state of a KVM machine of this version");
            }
            int count = in.readInt();
            if (count < 1 || count > MOST_CPUS) {
                throw new IOException("it has " + count + " vCPUs");
            }
            Map<String, byte[]> machine = read(in);
            List<Map<String, byte[]>> cpus = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                cpus.add(read(in));
            }
            if (in.read() >= 0) {
                throw new IOException("there is more behind its end");
            }
            return new KvmState(machine, cpus);
        } catch (java.io.EOFException e) {
            throw new IOException("it is cut off", e);
        }
    }

    private static Map<String, byte[]> read(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > MOST_PARTS) {
            throw new IOException("it has " + count + " parts");
        }
        Map<String, byte[]> parts = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            String name = in.readUTF();
            int length = in.readInt();
            if (length < 0 || length > Math.min(LARGEST_PART, in.available())) {
                throw new IOException("its part '" + name + "' has " + length + " bytes");
            }
            parts.put(name, in.readNBytes(length));
        }
        return parts;
    }

    /**
     * A part that has to be there.
     *
     * @throws IOException when it is not
     */
    static byte[] part(Map<String, byte[]> parts, String name) throws IOException {
        byte[] bytes = parts.get(name);
        if (bytes == null) {
            throw new IOException("it has no part '" + name + "'");
        }
        return bytes;
    }
}
