package dev.ktstr.vm;

import dev.ktstr.vm.kvm.KvmBackend;
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
        return switch (wanted) {
            case "auto" -> firstUsable();
            case "kvm", "qemu" -> byName(wanted);
            default ->
                throw new VmException("unknown backend '" + wanted + "'; -D" + PROPERTY + " takes one of " + VALID);
        };
    }

    private static Backend firstUsable() {
        StringBuilder why = new StringBuilder();
        for (Backend backend : all()) {
            Backend.Availability found = backend.availability();
            if (found.usable()) {
                return backend;
            }
            why.append(" ")
                    .append(backend.name())
                    .append(": ")
                    .append(found.detail())
                    .append('.');
        }
        throw new VmException("no virtual machine can be run here." + why);
    }

    private static Backend byName(String name) {
        Backend backend =
                all().stream().filter(b -> b.name().equals(name)).findFirst().orElseThrow();
        Backend.Availability found = backend.availability();
        if (!found.usable()) {
            throw new VmException("backend '" + name + "' was asked for and cannot be used here: " + found.detail()
                    + (name.equals("kvm")
                            ? ". Use -D" + PROPERTY + "=qemu, which emulates where KVM is not usable"
                            : ""));
        }
        return backend;
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
        static final List<Backend> ALL = List.of(new KvmBackend(), new QemuBackend());
    }
}
