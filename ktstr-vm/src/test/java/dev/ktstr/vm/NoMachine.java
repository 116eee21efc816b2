package dev.ktstr.vm;

import java.lang.reflect.Proxy;

/** Stand-ins for tests that need no machine. */
public final class NoMachine {
    private NoMachine() {}

    /** A machine that must not be asked anything. */
    public static VirtualMachine machine() {
        return (VirtualMachine) Proxy.newProxyInstance(
                NoMachine.class.getClassLoader(), new Class<?>[] {VirtualMachine.class}, (proxy, method, args) -> {
                    throw new AssertionError(method + " was called");
                });
    }
}
