package dev.ktstr.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.checks.MergedChecks;
import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.monitor.RunMonitor;
import dev.ktstr.vm.GuestMemory;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A kernel that cannot be looked into says why, each time it is asked, and nothing is made up for it. */
class KernelViewTest {
    @TempDir
    Path temp;

    private final AtomicInteger asked = new AtomicInteger();

    /** RAM that nobody may need to look at. */
    private static GuestMemory unread() {
        return (GuestMemory) Proxy.newProxyInstance(
                KernelViewTest.class.getClassLoader(),
                new Class<?>[] {GuestMemory.class},
                (proxy, method, arguments) -> {
                    throw new AssertionError(method.getName());
                });
    }

    private KernelView view(@Nullable Path btf, String digest) throws IOException {
        Path vmlinux = Files.writeString(temp.resolve("vmlinux"), "no ELF");
        KernelImage kernel =
                new KernelImage("9.9.9", "9.9.9", vmlinux, vmlinux, btf, null, digest.repeat(64), "a test", null);
        return new KernelView(
                kernel,
                unread(),
                (path, max) -> {
                    asked.incrementAndGet();
                    return Optional.empty();
                },
                new KernelCache(temp.resolve("kernels")));
    }

    @Test
    void aKernelWithoutBtfIsNamedWithTheCureAndTheGuestIsAskedOnce() throws IOException {
        KernelView view = view(null, "1");
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(view::structs)
                    .isInstanceOf(InspectException.class)
                    .hasMessageContaining("kernel 9.9.9 has no BTF")
                    .hasMessageContaining("CONFIG_DEBUG_INFO_BTF=y");
        }
        assertThatThrownBy(view::globals).hasMessageContaining("no BTF");
        assertThat(asked).hasValue(1);
    }

    @Test
    void aMonitorOfItTakesNoSamplesAndSaysWhy() throws IOException {
        RunMonitor monitor = new RunMonitor(Duration.ofMillis(10));
        monitor.start(view(null, "2"), List.of(), () -> false);
        monitor.stop();
        assertThat(monitor.notes()).singleElement().asString().startsWith("no monitor: kernel 9.9.9 has no BTF");
        assertThat(monitor.summary()).isEmpty();
        assertThat(monitor.timeline()).isEmpty();
        assertThat(monitor.violations(MergedChecks.defaults(false))).isEmpty();
        Map<String, Object> sidecar = new HashMap<>();
        Map<String, String> sections = new HashMap<>();
        monitor.contribute(MergedChecks.defaults(false), sidecar, sections);
        assertThat(sidecar).containsOnlyKeys("monitor");
        assertThat((Map<?, ?>) sidecar.get("monitor"))
                .asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
                .doesNotContainKeys("samples", "maxImbalanceRatio", "events");
        assertThat(sections).isEmpty();
    }

    @Test
    void btfThatIsNoneIsRefusedBeforeMemoryIsLookedAt() throws IOException {
        KernelView view = view(Files.write(temp.resolve("btf"), new byte[100]), "3");
        assertThatThrownBy(view::structs)
                .isInstanceOf(InspectException.class)
                .hasMessageContaining("kernel 9.9.9 cannot be read");
    }
}
