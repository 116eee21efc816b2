package dev.ktstr.vm.internal.machine;

import dev.ktstr.vm.MachineLayout;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.VmSpec;
import dev.ktstr.vm.internal.linux.HostTsc;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The kernel's command line. What shortens the boot, each measured or reasoned, none of it visible to a test:
 *
 * <ul>
 *   <li>{@code nokaslr}: symbols are where vmlinux says; left out where {@link VmSpec#KASLR} is asked for
 *   <li>{@code memmap=32M$128M}: keeps the shared window from the kernel, where the memory map does not
 *   <li>{@code panic=-1}: a panic resets at once, which ends the VM
 *   <li>{@code loglevel=5}: errors, warnings and their traces reach the console; the rest stays in dmesg (0.15 s)
 *   <li>{@code random.trust_cpu=on}: nobody waits for entropy
 *   <li>{@code cryptomgr.notests}: no self tests of cryptography (0.2 s)
 *   <li>{@code rcupdate.rcu_expedited=1 rcupdate.rcu_normal_after_boot=1}: short grace periods while booting only
 *   <li>{@code damon_stat.enabled=N}: no thread that samples memory accesses 200 times a second, which distributions' kernels
 *       have from 6.17 on ({@code mm/damon/stat.c}); it would run beside whatever a scheduler is judged by
 *   <li>{@code 8250.nr_uarts=2}: does not probe for serial ports that are not there
 *   <li>{@code tsc=reliable}, where the CPUs are emulated or the host itself keeps time by the TSC: timers are late when the host is
 *       busy; the watchdog would call the TSC unstable and slow down every clock read. Linux 7.2's compares vCPUs with one another, with
 *       interrupts off ({@code watchdog_check_skew} in kernel/time/clocksource.c); eight of them on one CPU were seen to stand still in it
 *   <li>emulated CPUs only, {@code no_timer_check}: for the same reason
 *   <li>emulated CPUs only, {@code reboot=t}: by a triple fault, without asking a keyboard controller that is not there
 *       655360 times; a panic took a minute to end the machine on a busy host
 *   <li>emulated CPUs only, {@code tsc_early_khz=}: for the same reason the kernel cannot measure the TSC by the PIT, and
 *       believes the PIT where another clock disagrees ({@code pit_hpet_ptimer_calibrate_cpu} in arch/x86/kernel/tsc.c): its
 *       seconds were once a fourteenth of ours
 * </ul>
 */
public final class KernelCommandLine {
    /** COMMAND_LINE_SIZE of {@code arch/x86/include/asm/setup.h}, less the terminating zero. */
    private static final int MOST_BYTES = 2047;

    private KernelCommandLine() {}

    /**
     * Writes it for CPUs that are not emulated, and a memory map that reserves the window.
     *
     * @param machine what this machine's hardware needs; before the spec's {@code kernelArgs}
     */
    public static String of(VmSpec spec, List<String> machine) {
        return of(spec, false, false, machine);
    }

    /**
     * Writes it.
     *
     * @param spec whose {@code kernelArgs} come last
     * @param emulated whether the CPUs are emulated
     * @param reserveWindow whether the shared window must be kept from the kernel here
     */
    public static String of(VmSpec spec, boolean emulated, boolean reserveWindow) {
        return of(spec, emulated, reserveWindow, List.of());
    }

    private static String of(VmSpec spec, boolean emulated, boolean reserveWindow, List<String> machine) {
        List<String> words = new ArrayList<>(List.of("console=ttyS0"));
        if (!spec.kernelArgs().contains(VmSpec.KASLR)) {
            words.add("nokaslr");
        }
        if (reserveWindow) {
            words.add("memmap=" + (MachineLayout.SHM_SIZE >> 20) + "M$" + (MachineLayout.SHM_BASE >> 20) + "M");
        }
        words.addAll(List.of(
                "panic=-1",
                "loglevel=5",
                "random.trust_cpu=on",
                "cryptomgr.notests",
                "rcupdate.rcu_expedited=1",
                "rcupdate.rcu_normal_after_boot=1",
                "damon_stat.enabled=N",
                "8250.nr_uarts=2"));
        if (emulated || HostTsc.keepsTime()) {
            words.add("tsc=reliable");
        }
        if (emulated) {
            words.add("no_timer_check");
            words.add("reboot=t");
            HostTsc.khz().ifPresent(khz -> words.add("tsc_early_khz=" + khz));
        }
        words.addAll(machine);
        spec.kernelArgs().stream().filter(word -> !word.equals(VmSpec.KASLR)).forEach(words::add);
        String line = String.join(" ", words);
        if (line.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
            throw new VmException("the kernel's command line has " + line.getBytes(StandardCharsets.UTF_8).length
                    + " bytes, and a kernel for x86 takes " + MOST_BYTES
                    + ", dropping the rest in silence; shorten the kernel"
                    + " arguments (kargs): " + line);
        }
        return line;
    }
}
