package dev.ktstr.run;

import dev.ktstr.VmResult;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;

/** Calls the method of a test's class that judges a run once its guest has ended. */
final class PostVm {
    private final String className;
    private final String method;

    /** The method of that name; {@code className} has dots also between nested classes. */
    PostVm(String className, String method) {
        this.className = className;
        this.method = method;
    }

    /**
     * Calls it.
     *
     * @throws Throwable what it throws
     * @throws RunException when it cannot be called
     */
    void call(VmResult result) throws Throwable {
        try {
            Class<?> type = type();
            Method called = type.getDeclaredMethod(method, VmResult.class);
            called.setAccessible(true);
            called.invoke(Modifier.isStatic(called.getModifiers()) ? null : made(type), result);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        } catch (ReflectiveOperationException e) {
            throw RunException.setup(
                    "postVm",
                    "postVm = \"" + method + "\" of " + className + " cannot be called: " + e
                            + "; the class on the test's class path is another than the one that was compiled");
        }
    }

    private static Object made(Class<?> type) throws ReflectiveOperationException {
        Constructor<?> constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        return constructor.newInstance();
    }

    private Class<?> type() throws ClassNotFoundException {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        String name = className;
        while (true) {
            try {
                return Class.forName(name, true, loader);
            } catch (ClassNotFoundException e) {
                int dot = name.lastIndexOf('.');
                if (dot < 0) {
                    throw new ClassNotFoundException(className, e);
                }
                name = name.substring(0, dot) + "$" + name.substring(dot + 1);
            }
        }
    }
}
