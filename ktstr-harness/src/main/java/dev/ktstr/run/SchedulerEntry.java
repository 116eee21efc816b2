package dev.ktstr.run;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A scheduler as the registry has it: its name, where its program is found, how it is called, and what the guest is set to
 * for it.
 *
 * @param name its name in results
 * @param binary program to be found by name
 * @param binaryPath program by path
 * @param builtin shell commands that turn it on and off, for one that is part of the kernel
 * @param args its arguments
 * @param kernels specs of the kernels it runs on; empty for all
 * @param sysctls set before it starts
 * @param kargs kernel command line
 * @param cgroupParent cgroup that it manages, {@code /name}
 * @param configFile host file with its configuration
 * @param configFileArg template that holds {@code {file}}
 * @param configFileGuestPath where the test's {@code config} is put
 */
public record SchedulerEntry(
        String name,
        Optional<String> binary,
        Optional<String> binaryPath,
        Optional<KernelBuiltin> builtin,
        List<String> args,
        List<String> kernels,
        Map<String, String> sysctls,
        List<String> kargs,
        Optional<String> cgroupParent,
        Optional<String> configFile,
        Optional<String> configFileArg,
        Optional<String> configFileGuestPath) {
    /** The commands of a scheduler that is part of the kernel, run in the guest by a shell. */
    public record KernelBuiltin(List<String> enable, List<String> disable) {}

    /** A scheduler with a program, and nothing else that is special. */
    static SchedulerEntry ofProgram(String name, Optional<String> binary, Optional<String> binaryPath) {
        return new SchedulerEntry(
                name,
                binary,
                binaryPath,
                Optional.empty(),
                List.of(),
                List.of(),
                Map.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** Whether it is a process in the guest, one that attaches to sched_ext. */
    public boolean isProcess() {
        return builtin.isEmpty();
    }
}
