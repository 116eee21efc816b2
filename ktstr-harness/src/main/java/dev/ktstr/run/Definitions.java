package dev.ktstr.run;

import dev.ktstr.SchedulerDefinition;
import dev.ktstr.run.SchedulerEntry.KernelBuiltin;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Optional;

/** Finds the definitions that {@code @Scheduler(from = …, constant = …)} names, and puts them below what it writes. */
final class Definitions {
    private final ClassLoader loader;

    Definitions(ClassLoader loader) {
        this.loader = loader;
    }

    /**
     * The scheduler with what its definition gives.
     *
     * @param reference {@code acme.Defs#LAYERED}
     * @throws RunException when there is no such constant, it is no definition, or the rules refuse it
     */
    SchedulerEntry complete(SchedulerEntry written, String reference) {
        SchedulerDefinition given = find(written.name(), reference);
        if (!given.name().equals(written.name())) {
            throw failed(
                    written.name(),
                    reference + " is the definition of a scheduler '" + given.name()
                            + "'. Hint: give the annotation and the definition the same name.");
        }
        boolean program = written.binary().isPresent()
                || written.binaryPath().isPresent()
                || written.builtin().isPresent();
        return new SchedulerEntry(
                written.name(),
                program ? written.binary() : given.binary(),
                program ? written.binaryPath() : given.binaryPath(),
                program ? written.builtin() : builtin(given),
                either(written.args(), given.schedArgs()),
                written.kernels(),
                written.sysctls().isEmpty() ? given.sysctls() : written.sysctls(),
                either(written.kargs(), given.kargs()),
                written.cgroupParent().or(given::cgroupParent),
                written.configFile().or(given::configFile),
                written.configFileArg().or(given::configFileArg),
                written.configFileGuestPath().or(given::configFileGuestPath));
    }

    private static Optional<KernelBuiltin> builtin(SchedulerDefinition given) {
        return given.kernelBuiltinEnable().isEmpty()
                ? Optional.empty()
                : Optional.of(new KernelBuiltin(given.kernelBuiltinEnable(), given.kernelBuiltinDisable()));
    }

    private static List<String> either(List<String> written, List<String> given) {
        return written.isEmpty() ? given : written;
    }

    private SchedulerDefinition find(String name, String reference) {
        int hash = reference.indexOf('#');
        try {
            Class<?> type = Class.forName(reference.substring(0, Math.max(0, hash)), true, loader);
            Field field = type.getDeclaredField(reference.substring(hash + 1));
            if (!Modifier.isStatic(field.getModifiers())) {
                throw failed(name, reference + " is not static. Hint: make it a static final field.");
            }
            field.setAccessible(true);
            Object value = field.get(null);
            if (value instanceof SchedulerDefinition definition) {
                return definition;
            }
            throw failed(
                    name,
                    reference + " is " + (value == null ? "null" : "of " + value.getClass())
                            + ", not a definition. Hint: build it with Schedulers.define.");
        } catch (ExceptionInInitializerError e) {
            throw failed(name, reference + ": " + String.valueOf(e.getCause()));
        } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
            throw e instanceof RunException known ? known : failed(name, reference + " cannot be read: " + e);
        }
    }

    private static RunException failed(String name, String why) {
        return RunException.setup("resolve", "scheduler '" + name + "': its definition " + why);
    }
}
