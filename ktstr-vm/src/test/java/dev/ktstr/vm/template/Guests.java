package dev.ktstr.vm.template;

import dev.ktstr.vm.SavedGuest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Small guests that never ran. */
final class Guests {
    static final int PAGE = 4096;

    private Guests() {}

    static TemplateKey key(String kernel) {
        return TemplateKey.of(Map.of("kernel", kernel, "qemu", "10.0.2"));
    }

    /** Writes a guest with this many pages of noise, every second one left out. */
    static TemplateStore.Content content(long seed, int pages) {
        return writer -> write(writer, seed, pages);
    }

    private static void write(SavedGuest.Sink sink, long seed, int pages) throws IOException {
        sink.console("booted\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        sink.devices(noise(seed, 1000));
        for (int i = 0; i < pages; i++) {
            sink.put(2L * i * PAGE, ByteBuffer.wrap(noise(seed + i + 1, PAGE)));
        }
    }

    static byte[] noise(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** All of a guest's RAM by offset, as hashes. */
    static Map<Long, Integer> ram(SavedGuest guest) throws IOException {
        Map<Long, Integer> ram = new TreeMap<>();
        guest.ram((offset, bytes) -> {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            ram.put(offset, Arrays.hashCode(copy));
        });
        return ram;
    }
}
