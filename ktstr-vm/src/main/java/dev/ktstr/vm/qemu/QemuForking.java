package dev.ktstr.vm.qemu;

import dev.ktstr.vm.Forking;
import dev.ktstr.vm.SavedGuest;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.VmSpec;
import dev.ktstr.vm.internal.ram.RamLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

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
        identity.put("qemu", qemu.version() + " " + file(qemu.path()));
        identity.put("command", Quoting.shell(command));
        identity.put("kernel", file(spec.kernel()));
        identity.put("initramfs", file(spec.initramfs()));
        if (host.qboot() != null) {
            identity.put("firmware", file(host.qboot()));
        }
        if (host.kvm()) {
            identity.put("hostCpu", hostCpu());
        }
        return identity;
    }

    /** Which file, and which state of it: a program or image that was built anew differs in time, and mostly in size. */
    private static String file(Path path) {
        try {
            Path real = path.toRealPath();
            return real + " " + Files.size(real) + " "
                    + Files.getLastModifiedTime(real).toInstant();
        } catch (IOException e) {
            throw new VmException(path + " cannot be looked at: " + e, e);
        }
    }

    /** With KVM the guest sees the host's own CPU: its model and features, and what microcode makes of them. */
    private static String hostCpu() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return String.join(
                    ";",
                    lines.takeWhile(line -> !line.isBlank())
                            .filter(line -> line.matches("(model name|stepping|microcode|flags)\\s.*"))
                            .toList());
        } catch (IOException e) {
            throw new VmException("/proc/cpuinfo cannot be read: " + e, e);
        }
    }

    @Override
    public void save(VirtualMachine machine, SavedGuest.Sink sink) throws IOException {
        if (!(machine instanceof QemuMachine qemu)) {
            throw new IllegalArgumentException("a machine of backend " + machine.backend() + " is not QEMU's to save");
        }
        qemu.save(sink);
    }

    @Override
    public VirtualMachine fork(VmSpec spec, SavedGuest saved) {
        return backend.start(spec, saved);
    }
}
