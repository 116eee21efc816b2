package dev.ktstr.vm.qemu;

import dev.ktstr.vm.Forking;
import dev.ktstr.vm.SavedGuest;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmSpec;
import dev.ktstr.vm.internal.machine.HostIdentity;
import dev.ktstr.vm.internal.ram.RamLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Saves and forks guests of QEMU. */
record QemuForking(QemuBackend backend) implements Forking {
    @Override
    public Map<String, String> identity(VmSpec spec) {
        QemuBinary qemu = backend.binary();
        QemuCommand.Host host = backend.host(qemu);
        RamLayout layout = RamLayout.of(spec);
        // Paths of one run say nothing about the guest.
        Path none = Path.of("-");
        VmSpec bare = new VmSpec(
                none, none, spec.topology(), spec.memoryMb(), spec.kernelArgs(), none, spec.memory(), spec.hugePages());
        List<String> paths = layout.nodeMb().stream().map(mb -> "-").toList();
        List<String> command =
                QemuCommand.build(qemu.path(), bare, host, new QemuCommand.Parts(layout, paths, none, none, false));
        Map<String, String> identity = new LinkedHashMap<>();
        identity.put("backend", QemuBackend.NAME);
        identity.put("qemu", qemu.version() + " " + HostIdentity.file(qemu.path()));
        identity.put("command", Quoting.shell(command));
        identity.put("kernel", HostIdentity.file(spec.kernel()));
        identity.put("initramfs", HostIdentity.file(spec.initramfs()));
        if (host.qboot() != null) {
            identity.put("firmware", HostIdentity.file(host.qboot()));
        }
        if (host.kvm()) {
            identity.put("hostCpu", HostIdentity.cpu());
        }
        return identity;
    }

    @Override
    public void save(VirtualMachine machine, SavedGuest.Sink sink) throws IOException {
        if (!(machine instanceof QemuMachine qemu)) {
            throw new IllegalArgumentException("a machine of backend " + machine.backend() + " is not QEMU's to save");
        }
        qemu.save(sink);
    }

    @Override
    public boolean handsOn() {
        return true;
    }

    @Override
    public void hand(VirtualMachine machine, VmSpec spec) {
        if (!(machine instanceof QemuMachine qemu)) {
            throw new IllegalArgumentException(
                    "a machine of backend " + machine.backend() + " is not QEMU's to hand on");
        }
        qemu.moveTo(spec);
    }

    @Override
    public VirtualMachine fork(VmSpec spec, SavedGuest saved) {
        return backend.start(spec, saved);
    }
}
