package dev.ktstr.run.encode;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Random numbers that are the same for the same seed on every Java: splitmix64 (Steele, Lea, Flood: Fast splittable
 * pseudorandom number generators, 2014).
 */
public final class Random64 {
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private long state;

    /** A sequence of its own for each seed. */
    public Random64(long seed) {
        state = seed;
    }

    /** A sequence for one place of a scenario, that no other place's draws disturb. */
    static Random64 at(long seed, int... place) {
        Random64 random = new Random64(seed);
        for (int part : place) {
            random.state = random.next() ^ part * GOLDEN;
        }
        return random;
    }

    /** A seed of 48 bits, which every reader of JSON keeps whole; the same for the same words. */
    public static long seedOf(List<String> words) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(String.join("\0", words).getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong() >>> 16;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private long next() {
        state += GOLDEN;
        long z = state;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }

    /** That many of the numbers, all of them where there are no more. */
    SortedSet<Integer> pick(SortedSet<Integer> from, int count) {
        List<Integer> left = new ArrayList<>(from);
        SortedSet<Integer> picked = new TreeSet<>();
        while (picked.size() < count && !left.isEmpty()) {
            picked.add(left.remove((int) Long.remainderUnsigned(next(), left.size())));
        }
        return picked;
    }
}
