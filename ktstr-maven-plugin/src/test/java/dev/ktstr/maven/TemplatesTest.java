package dev.ktstr.maven;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.vm.template.TemplateKey;
import dev.ktstr.vm.template.Templates;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TemplatesTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    @Test
    void aTemplateIsALineOfPlaceSizeUseAndWhatItWasMadeOf() {
        TemplateKey key = TemplateKey.of(Map.of(
                "topology",
                "1n2l2c1t",
                "memoryMb",
                "1024",
                "kernelLabel",
                "7.2.13",
                "qemu",
                "10.0.2 /usr/bin/qemu 1 2"));
        Templates.Listed one = new Templates.Listed(
                "memory",
                Path.of("/dev/shm/a.template"),
                (80 << 20) + 1,
                NOW.minusSeconds(7200),
                Optional.of(key),
                Optional.empty());
        assertThat(TemplatesMojo.lines(List.of(one), NOW))
                .contains(
                        "memory  81   2 h ago  1n2l2c1t  1024  7.2.13  10.0.2  a.template",
                        "1 templates, 80 MiB;" + " 'mvn ktstr:templates -Dktstr.clear' removes them");
    }

    @Test
    void aDamagedOneIsListedWithItsReason() {
        Templates.Listed bad = new Templates.Listed(
                "disk", Path.of("b.template"), 3, NOW, Optional.empty(), Optional.of("template b: it has no head"));
        assertThat(TemplatesMojo.lines(List.of(bad), NOW))
                .contains(
                        "disk   1    0 min ago  -         -    -       -     b.template",
                        "damaged, is not used: template b: it has no head");
    }

    @Test
    void noTemplatesIsSaidWithWhereTheyComeFrom() {
        assertThat(TemplatesMojo.lines(List.of(), NOW))
                .singleElement()
                .asString()
                .contains("a run makes one");
    }
}
