package dev.ktstr;

import dev.ktstr.rules.Finding;
import dev.ktstr.rules.Rules;
import dev.ktstr.rules.SchedulerModelBuilder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A scheduler as {@link Schedulers#define} describes it. The attributes mean what they mean in {@code @Scheduler}.
 *
 * @param name as in the annotation
 * @param binary program to be found by name
 * @param binaryPath program by path
 * @param kernelBuiltinEnable shell commands that turn it on, for one that is part of the kernel
 * @param kernelBuiltinDisable shell commands that turn it off
 * @param schedArgs its arguments
 * @param sysctls set before it starts
 * @param kargs kernel command line
 * @param cgroupParent cgroup that it manages
 * @param configFile host file with its configuration
 * @param configFileArg template that holds {@code {file}}
 * @param configFileGuestPath where a test's {@code config} is put
 */
public record SchedulerDefinition(
        String name,
        Optional<String> binary,
        Optional<String> binaryPath,
        List<String> kernelBuiltinEnable,
        List<String> kernelBuiltinDisable,
        List<String> schedArgs,
        Map<String, String> sysctls,
        List<String> kargs,
        Optional<String> cgroupParent,
        Optional<String> configFile,
        Optional<String> configFileArg,
        Optional<String> configFileGuestPath) {

    /** Collects the attributes. Each method replaces what was set before, except {@link #sysctl}. */
    public static final class Builder {
        private final String name;
        private final Map<String, Object> set = new LinkedHashMap<>();
        private final Map<String, String> sysctls = new LinkedHashMap<>();

        Builder(String name) {
            this.name = name;
        }

        /** The program, found by name. */
        public Builder binary(String program) {
            return text("binary", program);
        }

        /** The program, by path; a relative one starts from the module's folder. */
        public Builder binaryPath(String path) {
            return text("binaryPath", path);
        }

        /** Shell commands that turn it on in the guest, for one that is part of the kernel. */
        public Builder kernelBuiltinEnable(String... commands) {
            return list("kernelBuiltinEnable", commands);
        }

        /** Shell commands that turn it off. */
        public Builder kernelBuiltinDisable(String... commands) {
            return list("kernelBuiltinDisable", commands);
        }

        /** Its arguments. */
        public Builder schedArgs(String... args) {
            return list("schedArgs", args);
        }

        /** A sysctl that is set before it starts. */
        public Builder sysctl(String key, String value) {
            sysctls.put(key, value);
            return this;
        }

        /** Arguments for the kernel command line. */
        public Builder kargs(String... args) {
            return list("kargs", args);
        }

        /** The cgroup that it manages, {@code /name}. */
        public Builder cgroupParent(String path) {
            return text("cgroupParent", path);
        }

        /** Host file with its configuration. */
        public Builder configFile(String path) {
            return text("configFile", path);
        }

        /** Template for the argument that names a test's {@code config}; holds {@code {file}}. */
        public Builder configFileArg(String template) {
            return text("configFileArg", template);
        }

        /** Where in the guest a test's {@code config} is put. */
        public Builder configFileGuestPath(String path) {
            return text("configFileGuestPath", path);
        }

        private Builder text(String attribute, String value) {
            set.put(attribute, value);
            return this;
        }

        private Builder list(String attribute, String... values) {
            set.put(attribute, List.of(values));
            return this;
        }

        /**
         * Ends the definition.
         *
         * @throws IllegalArgumentException when a rule for {@code @Scheduler} refuses it, with the codes and messages of the
         *     compiler's errors, all of them
         */
        public SchedulerDefinition build() {
            List<Finding> findings = check();
            if (!findings.isEmpty()) {
                throw new IllegalArgumentException(
                        findings.stream().map(Finding::message).collect(Collectors.joining("\n")));
            }
            return new SchedulerDefinition(
                    name,
                    one("binary"),
                    one("binaryPath"),
                    many("kernelBuiltinEnable"),
                    many("kernelBuiltinDisable"),
                    many("schedArgs"),
                    Map.copyOf(sysctls),
                    many("kargs"),
                    one("cgroupParent"),
                    one("configFile"),
                    one("configFileArg"),
                    one("configFileGuestPath"));
        }

        private List<Finding> check() {
            SchedulerModelBuilder model = new SchedulerModelBuilder("Schedulers.define(\"" + name + "\")");
            model.set("name", name);
            set.forEach((attribute, value) -> {
                if (value instanceof List<?> values) {
                    model.set(attribute, values.stream().map(String.class::cast).toList());
                } else {
                    model.set(attribute, value);
                }
            });
            sysctls.forEach(model::sysctl);
            return Rules.check(model.build()).stream().filter(Finding::isError).toList();
        }

        private Optional<String> one(String attribute) {
            return Optional.ofNullable((String) set.get(attribute));
        }

        private List<String> many(String attribute) {
            return set.get(attribute) instanceof List<?> values
                    ? values.stream().map(String.class::cast).toList()
                    : List.of();
        }
    }
}
