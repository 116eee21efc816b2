package dev.ktstr.vm.kvm;

import dev.ktstr.vm.Backend.Availability;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds out whether KVM can run a stock kernel on this host. */
public final class KvmProbe {
    private static final Path DEVICE = Path.of("/dev/kvm");

    private KvmProbe() {}

    /** The answer; found once per process. */
    public static Availability probe() {
        return Once.ANSWER;
    }

    private static final class Once {
        static final Availability ANSWER = Files.isWritable(DEVICE)
                ? new Availability(false, "KVM was not probed")
                : new Availability(false, "no access to " + DEVICE);
    }
}
