package dev.ktstr.vm;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A running guest, seen from the host.
 *
 * <p>Every backend gives the same machine: RAM mapped into this process, COM1 as the kernel console, COM2 as a byte
 * channel, port 0xe9 as a doorbell. The owner closes it; closing kills the guest if it still runs, and releases the
 * RAM, the files and the child process. All methods are safe to call from any thread.
 */
public interface VirtualMachine extends AutoCloseable {
    /** What was asked for. */
    VmSpec spec();

    /** Name of the backend that runs it, as printed in results: {@code kvm} or {@code qemu}. */
    String backend();

    /**
     * Whether the guest's clock and CPUs keep pace with the host's: hardware virtualization, and no more vCPUs than host
     * CPUs. Where not, checks on time use their relaxed defaults.
     */
    boolean keepsTime();

    /** One line that says how it is run, for logs: a command line or a machine layout. */
    String description();

    /**
     * The host's threads that run the vCPUs, in the vCPUs' order: ids as in {@code /proc}. One thread may stand there several
     * times, for a backend may let vCPUs take turns on it. Empty once the guest has ended. How long a thread ran, and waited for a
     * CPU of the host, is in its {@code schedstat}.
     */
    List<Long> vcpuThreads();

    /** The guest's RAM. Valid until {@link #close()}; afterwards every access throws {@link IllegalStateException}. */
    GuestMemory memory();

    /** The guest's second serial port. */
    ControlChannel control();

    /** The guest's writes to port 0xe9. */
    Doorbell doorbell();

    /** The file that COM1 is written to; grows while the guest runs. */
    Path console();

    /**
     * Stops all vCPUs. Idempotent; returns when no vCPU executes guest code any more.
     *
     * @throws VmException when the backend does not confirm within its bound
     */
    void freeze();

    /** Lets the vCPUs run again after {@link #freeze()}. Idempotent. */
    void resume();

    /**
     * Replaces the write watchpoints. At a write all vCPUs are stopped, right after the instruction that wrote; the listener is told,
     * and the guest goes on. A write that another vCPU does before it stands still is told next. While there are some, the guest
     * cannot use its debug registers.
     *
     * @param watchpoints at most {@link Watchpoint#MOST}; none ends the watching
     * @throws IllegalArgumentException when there are more
     * @throws VmException when the guest has ended, or the backend refuses them; none is set then
     */
    void watch(List<Watchpoint> watchpoints, Watchpoint.Listener listener);

    /**
     * Reads the registers of all vCPUs, in their order. They belong together only while the guest stands still.
     *
     * @throws VmException when the guest has ended, or the backend does not tell
     */
    List<VcpuRegisters> registers();

    /** How the guest ended, or empty while it runs. */
    Optional<VmExit> exit();

    /**
     * Waits for the guest to end.
     *
     * @return how it ended, or empty when {@code timeout} passed first
     */
    Optional<VmExit> awaitExit(Duration timeout) throws InterruptedException;

    /** Ends the guest at once. Idempotent; {@link #exit()} is {@link VmExit.Kind#KILLED} unless it had ended before. */
    void kill();

    /** Kills the guest if it runs, and releases everything. Idempotent; never throws. */
    @Override
    void close();
}
