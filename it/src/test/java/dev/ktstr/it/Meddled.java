package dev.ktstr.it;

import dev.ktstr.vm.ControlChannel;
import dev.ktstr.vm.VirtualMachine;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** A machine that says one byte more on COM2 once it is frozen: a guest that was not quiet when it was stopped. */
final class Meddled {
    private Meddled() {}

    static VirtualMachine with(VirtualMachine vm) {
        AtomicBoolean due = new AtomicBoolean();
        ControlChannel control = new ControlChannel() {
            @Override
            public int read(ByteBuffer target, Duration timeout) throws IOException {
                if (due.compareAndSet(true, false)) {
                    target.put((byte) 'x');
                    return 1;
                }
                return vm.control().read(target, timeout);
            }

            @Override
            public void write(ByteBuffer source, Duration timeout) throws IOException {
                vm.control().write(source, timeout);
            }
        };
        return (VirtualMachine) Proxy.newProxyInstance(
                Meddled.class.getClassLoader(), new Class<?>[] {VirtualMachine.class}, (proxy, method, args) -> {
                    if (method.getName().equals("control")) {
                        return control;
                    }
                    due.compareAndSet(false, method.getName().equals("freeze"));
                    try {
                        return method.invoke(vm, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
