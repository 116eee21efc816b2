package dev.ktstr.guest.wire;

/**
 * What the kinds of {@link WorkKind} have as parameters; 0 where a kind does not have it.
 *
 * @param burstNs length of a burst
 * @param sleepNs length of the sleep after a burst, or of think time
 * @param spinIters turns of the spin loop
 * @param burstIters turns of the spin loop in a burst
 * @param fanOut receivers of one messenger
 * @param sizeKb size of the memory that is worked on
 * @param strideBytes step in that memory
 * @param operations computations per wake-up
 * @param regionKb size of the region whose pages are touched
 * @param touches pages touched per iteration
 * @param contenders workers that share a mutex
 * @param holdIters turns of the spin loop with the mutex
 * @param workIters turns of the spin loop without it
 */
public record WorkParameters(
        long burstNs,
        long sleepNs,
        long spinIters,
        long burstIters,
        int fanOut,
        int sizeKb,
        int strideBytes,
        int operations,
        int regionKb,
        int touches,
        int contenders,
        long holdIters,
        long workIters) {
    /** Of a kind without parameters. */
    public static final WorkParameters NONE = new WorkParameters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** Of {@link WorkKind#BURSTY}. */
    public static WorkParameters bursty(long burstNs, long sleepNs) {
        return new WorkParameters(burstNs, sleepNs, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }
}
