package dev.ktstr.inspect;

import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.vm.GuestMemory;
import dev.ktstr.vm.bpf.BpfGlobals;
import dev.ktstr.vm.bpf.BpfReader;
import dev.ktstr.vm.bpf.BpfValues;
import dev.ktstr.vm.bpf.WatchTarget;
import dev.ktstr.vm.btf.BtfException;
import dev.ktstr.vm.kernel.KernelAccessException;
import dev.ktstr.vm.kernel.KernelMemory;
import dev.ktstr.vm.kernel.KernelStructs;
import dev.ktstr.vm.sched.Monitor;
import dev.ktstr.vm.sched.ScxWatchdog;
import dev.ktstr.vm.symbols.SymbolException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The kernel that runs in one guest, seen from outside. Opened when it is first used; a kernel that cannot be read says so on
 * every use, with the same reason. Safe from any thread. Valid as long as the guest's memory is.
 */
public final class KernelView {
    /** Reads a file of the guest. */
    @FunctionalInterface
    public interface GuestFiles {
        /** Its first {@code max} bytes, or empty when the guest has no such file. */
        Optional<byte[]> read(String path, int max);
    }

    private final KernelImage kernel;
    private final GuestMemory memory;
    private final GuestFiles files;
    private final KernelCache cache;
    private @Nullable Open open;
    private @Nullable InspectException failure;

    private record Open(KernelStructs structs, BpfReader bpf, BpfValues values, BpfGlobals globals) {}

    /**
     * A view of a guest.
     *
     * @param kernel what it runs
     * @param memory its RAM
     * @param files asked at most once, for what the kernel's own files do not tell
     * @param cache where that is kept
     */
    public KernelView(KernelImage kernel, GuestMemory memory, GuestFiles files, KernelCache cache) {
        this.kernel = kernel;
        this.memory = memory;
        this.files = files;
        this.cache = cache;
    }

    /**
     * Begins to read what is known of a kernel before a guest runs it, in the background; the first view of a kernel in this JVM then
     * waits less. What goes wrong here goes wrong again when a view is opened, and is said then.
     */
    public static void prefetch(KernelImage kernel, KernelCache cache) {
        KernelFacts.prefetch(kernel, cache);
    }

    private synchronized Open open() {
        if (failure != null) {
            throw failure;
        }
        if (open == null) {
            try {
                KernelFacts facts = KernelFacts.of(kernel, files, cache);
                KernelStructs structs = new KernelStructs(KernelMemory.open(memory, facts.symbols()), facts.btf());
                BpfReader bpf = new BpfReader(structs);
                BpfValues values = new BpfValues(structs, bpf);
                open = new Open(structs, bpf, values, new BpfGlobals(bpf, values));
            } catch (InspectException e) {
                failure = e;
                throw e;
            } catch (KernelAccessException | SymbolException | BtfException e) {
                failure = new InspectException(
                        "kernel " + kernel.version() + " was not found in the guest's memory: " + e.getMessage(), e);
                throw failure;
            }
        }
        return open;
    }

    /** Its structs and memory. @throws InspectException when the kernel cannot be read */
    public KernelStructs structs() {
        return open().structs;
    }

    /** Its BPF maps and programs. @throws InspectException when the kernel cannot be read */
    public BpfReader bpf() {
        return open().bpf;
    }

    /** What its BPF maps hold. @throws InspectException when the kernel cannot be read */
    public BpfValues values() {
        return open().values;
    }

    /** Global variables of its BPF programs. @throws InspectException when the kernel cannot be read */
    public BpfGlobals globals() {
        return open().globals;
    }

    /**
     * Where the bytes of a BPF variable or a kernel symbol lie, for a watchpoint.
     *
     * @throws InspectException when the kernel cannot be read
     * @throws dev.ktstr.vm.bpf.BpfException when there is no such name, or no watchpoint covers it
     */
    public WatchTarget watchTarget(String name) {
        Open now = open();
        return WatchTarget.find(now.structs, now.globals, now.values, name);
    }

    /** A monitor of its runqueues. @throws InspectException when the kernel cannot be read, or has none that could be */
    public Monitor monitor() {
        try {
            return new Monitor(open().structs);
        } catch (KernelAccessException | SymbolException | BtfException e) {
            throw new InspectException(
                    "the runqueues of kernel " + kernel.version() + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** The limit that sched_ext sets to a waiting task. @throws InspectException when the kernel cannot be read */
    public ScxWatchdog watchdog() {
        return new ScxWatchdog(open().structs);
    }
}
