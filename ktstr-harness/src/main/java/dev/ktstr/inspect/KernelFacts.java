package dev.ktstr.inspect;

import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.vm.btf.Btf;
import dev.ktstr.vm.btf.BtfCache;
import dev.ktstr.vm.btf.BtfException;
import dev.ktstr.vm.symbols.ElfSymbols;
import dev.ktstr.vm.symbols.Kallsyms;
import dev.ktstr.vm.symbols.SymbolException;
import dev.ktstr.vm.symbols.SymbolTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.SoftReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is the same in every guest of one kernel image.
 *
 * @param symbols names and addresses
 * @param btf types
 */
record KernelFacts(SymbolTable symbols, Btf btf) {
    private static final Logger LOG = LoggerFactory.getLogger(KernelFacts.class);
    private static final int MAX_KALLSYMS = 128 << 20;
    private static final int MAX_BTF = 64 << 20;
    private static final int MAX_COMMAND_LINE = 8192;
    private static final String BTF_FILE = "/sys/kernel/btf/vmlinux";

    /** Those that this JVM has read, by the image's digest; soft, for they are tens of megabytes. */
    private static final Map<String, SoftReference<KernelFacts>> KNOWN = new HashMap<>();

    /**
     * Those of a kernel: known already, or from its files, or from the cache, or from a guest that runs it, which is asked once and
     * then remembered in the cache.
     *
     * @throws InspectException when the kernel does not have what is needed
     */
    static synchronized KernelFacts of(KernelImage kernel, KernelView.GuestFiles guest, KernelCache cache) {
        SoftReference<KernelFacts> known = KNOWN.get(kernel.sha256());
        KernelFacts facts = known == null ? null : known.get();
        if (facts == null) {
            facts = read(kernel, guest, cache);
            KNOWN.put(kernel.sha256(), new SoftReference<>(facts));
        }
        return facts;
    }

    /** Reads them in the background where no guest is needed for it, so that they are there when one is up. */
    static void prefetch(KernelImage kernel, KernelCache cache) {
        Thread thread = new Thread(
                () -> {
                    try {
                        of(kernel, (path, max) -> Optional.empty(), cache);
                    } catch (InspectException | KernelException e) {
                        LOG.debug("nothing was read ahead: {}", e.getMessage());
                    }
                },
                "ktstr-kernel-facts");
        thread.setDaemon(true);
        thread.start();
    }

    private static KernelFacts read(KernelImage kernel, KernelView.GuestFiles guest, KernelCache cache) {
        try {
            byte[] btf = btf(kernel, guest);
            // First, for the guest need not be asked for its symbols when they are of no use.
            Btf types = types(kernel, btf, cache);
            return new KernelFacts(symbols(kernel, btf, guest, cache), types);
        } catch (SymbolException | BtfException e) {
            throw new InspectException("kernel " + kernel.version() + " cannot be read: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new InspectException("reading what is known of kernel " + kernel.version() + " failed: " + e, e);
        }
    }

    private static byte[] btf(KernelImage kernel, KernelView.GuestFiles guest) throws IOException {
        Path file = kernel.btf();
        if (file != null) {
            return Files.readAllBytes(file);
        }
        return guest.read(BTF_FILE, MAX_BTF)
                .filter(bytes -> bytes.length > 0)
                .orElseThrow(
                        () -> new InspectException(
                                "kernel " + kernel.version()
                                        + " has no BTF, so the layout of its structs is not known; build it with CONFIG_DEBUG_INFO_BTF=y"));
    }

    private static Btf types(KernelImage kernel, byte[] raw, KernelCache cache) {
        try {
            return new BtfCache(cache.folder().resolveSibling("btf")).read(raw, kernel.sha256());
        } catch (UncheckedIOException e) {
            LOG.warn("{}; it is read without one", e.getMessage());
            return Btf.parse(raw);
        }
    }

    private static SymbolTable symbols(KernelImage kernel, byte[] btf, KernelView.GuestFiles guest, KernelCache cache)
            throws IOException {
        Optional<Path> told = cache.kallsyms(kernel);
        if (told.isPresent()) {
            return Kallsyms.parse(Files.readAllBytes(told.get()));
        }
        try {
            return ElfSymbols.read(kernel.vmlinux());
        } catch (SymbolException stripped) {
            LOG.debug("asking the guest for symbols, for {}", stripped.getMessage());
        }
        byte[] text = guest.read("/proc/kallsyms", MAX_KALLSYMS)
                .orElseThrow(
                        () -> new InspectException(
                                "kernel " + kernel.version()
                                        + " is stripped of its symbols, and has no /proc/kallsyms; build it with CONFIG_KALLSYMS_ALL=y"));
        SymbolTable symbols = Kallsyms.parse(text);
        if (isWhereItWasLinked(guest)) {
            keep(kernel, btf, text, cache);
        }
        return symbols;
    }

    /** With KASLR the addresses are of this boot alone; the next guest of the same image has others. */
    private static boolean isWhereItWasLinked(KernelView.GuestFiles guest) {
        return guest.read("/proc/cmdline", MAX_COMMAND_LINE)
                .map(line -> new String(line, StandardCharsets.ISO_8859_1).strip())
                .filter(line -> (" " + line + " ").contains(" nokaslr "))
                .isPresent();
    }

    private static void keep(KernelImage kernel, byte[] btf, byte[] kallsyms, KernelCache cache) {
        try {
            cache.complete(kernel, btf, new String(kallsyms, StandardCharsets.ISO_8859_1));
        } catch (KernelException e) {
            LOG.warn(
                    "the symbols of kernel {} are not kept, and the next run asks again: {}",
                    kernel.version(),
                    e.getMessage());
        }
    }
}
