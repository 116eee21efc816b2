package dev.ktstr.vm.kvm;

import dev.ktstr.vm.Forking;
import dev.ktstr.vm.SavedGuest;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.VmSpec;
import dev.ktstr.vm.internal.linux.Kvm;
import dev.ktstr.vm.internal.machine.HostIdentity;
import dev.ktstr.vm.internal.machine.KernelCommandLine;
import dev.ktstr.vm.internal.ram.RamImages;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Saves and forks guests in this process. A fork's RAM is the saved guest's, mapped so that a page is copied when it is first
 * written.
 */
record KvmForking(KvmBackend backend) implements Forking {
    /** To be raised when a machine has other devices, or has them at other places. */
    private static final String MACHINE = "1";

    /** Four guests of the usual size. */
    static final RamImages IMAGES = new RamImages(512L << 20);

    @Override
    public Map<String, String> identity(VmSpec spec) {
        Map<String, String> identity = new LinkedHashMap<>();
        identity.put("backend", KvmBackend.NAME);
        identity.put("machine", MACHINE);
        identity.put("kernel", HostIdentity.file(spec.kernel()));
        identity.put("initramfs", HostIdentity.file(spec.initramfs()));
        identity.put("topology", spec.topology().toString());
        identity.put("memoryMb", Integer.toString(spec.memoryMb()));
        identity.put("memory", spec.memory().map(Object::toString).orElse("even"));
        identity.put("commandLine", KernelCommandLine.of(spec, false, false));
        identity.put("hostCpu", HostIdentity.cpu());
        identity.put("hostKernel", HostIdentity.kernel());
        return identity;
    }

    @Override
    public void save(VirtualMachine machine, SavedGuest.Sink sink) throws IOException {
        if (!(machine instanceof KvmMachine kvm)) {
            throw new IllegalArgumentException("a machine of backend " + machine.backend() + " is not kvm's to save");
        }
        int[] msrs;
        try (Kvm device = Kvm.open()) {
            msrs = device.msrsToSave();
        }
        kvm.save(sink, msrs);
    }

    @Override
    public VirtualMachine fork(VmSpec spec, SavedGuest saved) {
        KvmState state;
        try {
            state = KvmState.decode(saved.devices());
        } catch (IOException e) {
            throw new VmException("the saved guest's devices cannot be read: " + e.getMessage(), e);
        }
        int cpus = spec.topology().cpus();
        if (state.cpus().size() != cpus) {
            throw new VmException(
                    "the saved guest has " + state.cpus().size() + " vCPUs, and " + cpus + " are asked for");
        }
        return backend.start(spec, new KvmBackend.Origin(saved, state));
    }
}
