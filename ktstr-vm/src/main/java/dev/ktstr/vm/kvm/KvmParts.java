package dev.ktstr.vm.kvm;

import dev.ktstr.vm.internal.linux.KvmVm;
import dev.ktstr.vm.internal.machine.RingCounter;
import dev.ktstr.vm.internal.ram.GuestRam;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a machine is made of, and the order in which it is taken apart.
 *
 * @param vm the kernel's machine
 * @param ram the guest's RAM
 * @param hardware the devices
 * @param console COM1's file
 * @param doorbell the doorbell's state
 * @param end who ended it
 * @param breakpoints those set
 * @param vcpus in the order of their numbers
 * @param statistics whether this host's KVM counts
 */
record KvmParts(
        KvmVm vm,
        GuestRam ram,
        Hardware hardware,
        ConsoleFile console,
        RingCounter doorbell,
        EndSwitch end,
        Breakpoints breakpoints,
        List<Vcpu> vcpus,
        boolean statistics) {
    private static final Logger LOG = LoggerFactory.getLogger(KvmParts.class);

    KvmParts {
        vcpus = List.copyOf(vcpus);
    }

    /** Closes all. No vCPU's thread may run. */
    void close() {
        vcpus.forEach(v -> close("vCPU " + v.number(), v.cpu()));
        close("machine", vm);
        close("console", console);
        close("RAM", ram);
    }

    static void close(String what, AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            LOG.error("closing the {} of a virtual machine failed: {}", what, e.toString());
        }
    }
}
