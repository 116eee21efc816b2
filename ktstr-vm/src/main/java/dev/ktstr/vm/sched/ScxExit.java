package dev.ktstr.vm.sched;

import dev.ktstr.vm.kernel.KernelStructs;
import java.util.OptionalLong;

/**
 * How the loaded sched_ext scheduler ends: {@code scx_sched.exit_kind} where BTF shows it (6.16), else {@code scx_exit_kind}. It is
 * set first of all, before the kernel takes the scheduler apart.
 */
public final class ScxExit {
    /** {@code SCX_EXIT_ERROR} of {@code enum scx_exit_kind}: this and above are errors. */
    public static final int ERROR = 1024;

    private final KernelStructs structs;
    private final OptionalLong root;
    private final boolean inSched;
    private final OptionalLong variable;

    /** Of that kernel. */
    public ScxExit(KernelStructs structs) {
        this.structs = structs;
        this.root = structs.memory().findSymbol("scx_root");
        this.inSched = root.isPresent() && structs.has("scx_sched", "exit_kind");
        this.variable = structs.memory().findSymbol("scx_exit_kind");
    }

    /** Whether this kernel tells. */
    public boolean known() {
        return inSched || variable.isPresent();
    }

    /** The kind; 0 while it runs, when none is loaded, and where the kernel does not tell. */
    public int kind() {
        if (inSched) {
            long scheduler = structs.memory().readLong(root.getAsLong());
            return scheduler == 0 ? 0 : structs.memory().readInt(structs.address(scheduler, "scx_sched", "exit_kind"));
        }
        return variable.isPresent() ? structs.memory().readInt(variable.getAsLong()) : 0;
    }
}
