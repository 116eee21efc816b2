package dev.ktstr.vm.qemu;

import dev.ktstr.vm.Backend;
import dev.ktstr.vm.Backends;
import dev.ktstr.vm.ForkingContract;

class QemuForkingTest extends ForkingContract {
    @Override
    protected Backend backend() {
        return Backends.select("qemu");
    }
}
