package dev.ktstr.vm.kvm.boot;

import java.util.Map;

/** Model-specific registers that firmware would have set (Intel SDM volume 4); on every CPU, before it first runs. */
public final class InitialMsrs {
    private static final int MISC_ENABLE = 0x1a0;
    private static final int MTRR_DEFAULT_TYPE = 0x2ff;
    private static final long FAST_STRINGS = 1;
    private static final long MTRRS_ENABLED = 1 << 11;
    private static final long WRITE_BACK = 6;

    /**
     * By register number. Memory is cached unless something says otherwise: after a reset all of it is uncached, and a
     * kernel that believes that maps the window shared with the host uncached.
     */
    public static final Map<Integer, Long> ALL =
            Map.of(MISC_ENABLE, FAST_STRINGS, MTRR_DEFAULT_TYPE, MTRRS_ENABLED | WRITE_BACK);

    private InitialMsrs() {}
}
