package dev.ktstr.vm.kvm;

import dev.ktstr.vm.VmExit;
import dev.ktstr.vm.VmExit.Kind;
import dev.ktstr.vm.kvm.device.PowerSwitch;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Remembers the first reason to end, whoever has it: the guest, a vCPU's thread, or the host. Never blocks. */
final class EndSwitch implements PowerSwitch {
    private final AtomicReference<@Nullable VmExit> reason = new AtomicReference<>();
    private final CountDownLatch decided = new CountDownLatch(1);

    @Override
    public void powerOff() {
        end(Kind.CLEAN, "the guest powered itself off");
    }

    @Override
    public void reset(String how) {
        end(Kind.RESET, "the guest asked for a reset (" + how + ")");
    }

    void end(Kind kind, String detail) {
        if (reason.compareAndSet(null, new VmExit(kind, detail))) {
            decided.countDown();
        }
    }

    /** Why it ends, or null while it runs. */
    @Nullable
    VmExit reason() {
        return reason.get();
    }

    boolean decided() {
        return reason.get() != null;
    }

    VmExit await() throws InterruptedException {
        decided.await();
        return java.util.Objects.requireNonNull(reason.get());
    }

    boolean await(long timeout, TimeUnit unit) throws InterruptedException {
        return decided.await(timeout, unit);
    }
}
