package dev.ktstr.vm;

import dev.ktstr.vm.qemu.QemuBackend;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The backends of this version, and the choice among them. */
public final class Backends {
    /** The system property and, in upper case with an underscore, the environment variable that force a choice. */
    public static final String PROPERTY = "ktstr.backend";

    private static final String VALID = "auto, kvm, qemu";

    private Backends() {}

    /** All backends, best first. */
    public static List<Backend> all() {
        return Holder.ALL;
    }

    /**
     * Chooses.
     *
     * @param forced what the user asked for: a backend's name, {@code auto}, or null for {@code auto}
     * @return a usable backend; {@link #reason} says in one line why this one
     * @throws VmException when the name is not known, or no backend is usable, saying why and what to do
     */
    public static Backend select(@Nullable String forced) {
        String wanted = forced == null || forced.isBlank() ? "auto" : forced.strip();
        switch (wanted) {
            case "auto", "qemu" -> {
                Backend qemu = all().get(0);
                Backend.Availability found = qemu.availability();
                if (!found.usable()) {
                    throw new VmException("no virtual machine can be run here. " + found.detail());
                }
                return qemu;
            }
            case "kvm" ->
                throw new VmException("backend 'kvm' was asked for, which this version does not have. Use -D" + PROPERTY
                        + "=qemu: it accelerates with KVM by itself where KVM can run a stock kernel");
            default ->
                throw new VmException("unknown backend '" + wanted + "'; -D" + PROPERTY + " takes one of " + VALID);
        }
    }

    /**
     * Says in one line why {@link #select} chose this backend, and how it runs guests.
     *
     * @param forced as given to {@link #select}
     */
    public static String reason(@Nullable String forced, Backend chosen) {
        boolean byUser = forced != null && !forced.isBlank() && !forced.strip().equals("auto");
        return "backend " + chosen.name() + (byUser ? " (forced)" : "") + ": "
                + chosen.availability().detail();
    }

    /** Made on first use, so that naming an unknown backend costs no probe. */
    private static final class Holder {
        static final List<Backend> ALL = List.of(new QemuBackend());
    }
}
