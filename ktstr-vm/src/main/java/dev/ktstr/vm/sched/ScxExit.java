package dev.ktstr.vm.sched;

import dev.ktstr.vm.btf.BtfKind;
import dev.ktstr.vm.kernel.KernelStructs;
import java.util.OptionalInt;
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

    /** Where the kind of the loaded scheduler is now, 4 bytes; empty when none is loaded, and where the kernel does not tell. */
    public OptionalLong address() {
        if (inSched) {
            long scheduler = structs.memory().readLong(root.getAsLong());
            return scheduler == 0
                    ? OptionalLong.empty()
                    : OptionalLong.of(structs.address(scheduler, "scx_sched", "exit_kind"));
        }
        return variable;
    }

    /** In words where it is kept. */
    public String place() {
        return inSched ? "scx_sched.exit_kind" : "scx_exit_kind";
    }

    /** The kind; 0 while it runs, when none is loaded, and where the kernel does not tell. */
    public int kind() {
        OptionalLong at = address();
        return at.isPresent() ? structs.memory().readInt(at.getAsLong()) : 0;
    }

    /** A kind's name in the kernel, {@code SCX_EXIT_ERROR_STALL}; its number where it has none. */
    public String name(int kind) {
        OptionalInt names = structs.btf().find("scx_exit_kind", BtfKind.ENUM, BtfKind.ENUM64);
        return names.isPresent()
                ? structs.btf().constantName(names.getAsInt(), kind).orElseGet(() -> String.valueOf(kind))
                : String.valueOf(kind);
    }
}
