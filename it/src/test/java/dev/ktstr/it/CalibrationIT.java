package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelDiscovery;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.kernel.KernelInfo;
import dev.ktstr.run.Calibration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A packaged kernel without symbols learns them by one boot. */
class CalibrationIT {
    @TempDir
    Path temp;

    @Test
    void oneBootOfAPackagedKernelTellsItsSymbolsAndItsBtf() throws IOException {
        KernelImage packaged = KernelDiscovery.standard().find(null);
        KernelCache cache = new KernelCache(temp);
        KernelImage withoutBtf = new KernelImage(
                packaged.version(),
                packaged.label(),
                packaged.image(),
                packaged.vmlinux(),
                null,
                packaged.config(),
                packaged.sha256(),
                packaged.origin(),
                null);
        assertThat(cache.kallsyms(withoutBtf)).isEmpty();

        KernelImage completed = Calibration.standard().complete(withoutBtf, cache);

        assertThat(completed.btf()).hasSameBinaryContentAs(packaged.btf());
        List<String> symbols = Files.readAllLines(cache.kallsyms(packaged).orElseThrow());
        assertThat(symbols).hasSizeGreaterThan(10_000).anyMatch(line -> line.matches("ffffffff8[0-9a-f]{7} T _text"));
        assertThat(symbols).anyMatch(line -> line.endsWith(" runqueues"));
        KernelInfo info = KernelInfo.of(completed, cache.kallsyms(completed));
        assertThat(info.symbols()).isGreaterThan(10_000);
        assertThat(Children.qemu()).isEmpty();
    }
}
