package dev.ktstr.guest.wire;

import dev.ktstr.spec.CpuTopology;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where things are in the shared window, and the form of a frame. The C header gets the same numbers.
 *
 * <p>The window: a page of header, the workers' live counters, the host's ring, the agent's ring. A ring's positions
 * are u64 counters of bytes ever written and ever read; each has one writer, and its own cache line.
 */
public final class Layout {
    /** First word of the window, written by the agent: "KTSTRSHM", little-endian. */
    public static final long WINDOW_MAGIC = 0x4d4853525453544bL;

    /** Offset of {@link #WINDOW_MAGIC}. */
    public static final int MAGIC_AT = 0;

    /** Offset of the agent's {@link Wire#PROTOCOL_HASH}. */
    public static final int HASH_AT = 8;

    /** Offset of the window's size as the agent was told it. */
    public static final int SIZE_AT = 16;

    /** Bytes the host has written to its ring. Written by the host. */
    public static final int HOST_HEAD_AT = 64;

    /** Bytes the agent has read of it. Written by the agent. */
    public static final int HOST_TAIL_AT = 128;

    /** Bytes the agent has written to its ring. Written by the agent. */
    public static final int AGENT_HEAD_AT = 192;

    /** Bytes the host has read of it. Written by the host. */
    public static final int AGENT_TAIL_AT = 256;

    /** The live counters: {@link #MAX_WORKERS} slots of {@link #SLOT_SIZE} bytes. */
    public static final int COUNTERS_AT = 4096;

    /** Bytes of one worker's live counters. */
    public static final int SLOT_SIZE = 1024;

    /** Most workers that live at a time. */
    public static final int MAX_WORKERS = 4096;

    /** Most CPUs of a guest, or of a host: as many as a topology may have. The bitmap in a slot holds them. */
    public static final int MAX_CPUS = CpuTopology.MAX_CPUS;

    /** In a slot, u64: work units. */
    public static final int SLOT_UNITS = 0;

    /** In a slot, u64: iterations. */
    public static final int SLOT_ITERATIONS = 8;

    /** In a slot, u64: migrations. */
    public static final int SLOT_MIGRATIONS = 16;

    /** In a slot, u64: {@code CLOCK_MONOTONIC} of the last checkpoint, or of the end of the sleep it is in. */
    public static final int SLOT_CHECKPOINT_NS = 24;

    /** In a slot, u64: longest gap. */
    public static final int SLOT_GAP_NS = 32;

    /** In a slot, u64: when that gap began, since release. */
    public static final int SLOT_GAP_AT_NS = 40;

    /** In a slot, i32: CPU on which it ended, -1 for none. */
    public static final int SLOT_GAP_CPU = 48;

    /** In a slot, i32: CPU of the last checkpoint, -1 for none. */
    public static final int SLOT_CPU = 52;

    /** In a slot, u64: CPU time; at the end, or -1. */
    public static final int SLOT_CPU_TIME_NS = 56;

    /** In a slot, u64: wall time; at the end. */
    public static final int SLOT_WALL_TIME_NS = 64;

    /** In a slot, i64: run delay; at the end, -1 when not measured. */
    public static final int SLOT_RUN_DELAY_NS = 72;

    /** In a slot, i64: run count; at the end, -1 when not measured. */
    public static final int SLOT_RUN_COUNT = 80;

    /** In a slot, u32: 0 forked, 1 configured, 2 running, 3 complete. */
    public static final int SLOT_STATE = 88;

    /** In a slot, bitmap of {@link #MAX_CPUS} bits: CPUs used. */
    public static final int SLOT_CPUS = 512;

    /** The host's ring. */
    public static final int HOST_RING_AT = 8 << 20;

    /** Its size, a power of two. */
    public static final int HOST_RING_SIZE = 16 << 20;

    /** The agent's ring. */
    public static final int AGENT_RING_AT = 24 << 20;

    /** Its size, a power of two. */
    public static final int AGENT_RING_SIZE = 8 << 20;

    /** Size of the whole window. */
    public static final int WINDOW_SIZE = 32 << 20;

    /** First word of a frame: "KTF1", little-endian. */
    public static final int FRAME_MAGIC = 0x3146544b;

    /**
     * A frame's header: u32 magic, u32 type, u32 request id (0: none), u32 payload length, u32 CRC-32 of those four words
     * and the payload.
     */
    public static final int FRAME_HEADER = 20;

    /** Longest payload of a frame. */
    public static final int MAX_PAYLOAD = 4 << 20;

    /** Longest payload of a frame on COM2, which is slow. */
    public static final int MAX_SERIAL_PAYLOAD = 1 << 20;

    private Layout() {}

    /** All of it by C name. */
    static Map<String, Long> constants() {
        Map<String, Long> all = new LinkedHashMap<>();
        for (java.lang.reflect.Field field : Layout.class.getFields()) {
            try {
                all.put("KT_" + field.getName(), ((Number) field.get(null)).longValue());
            } catch (IllegalAccessException e) {
                throw new IllegalStateException("constants of this class are public", e);
            }
        }
        return all;
    }
}
