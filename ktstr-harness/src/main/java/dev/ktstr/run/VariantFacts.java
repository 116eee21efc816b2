package dev.ktstr.run;

import dev.ktstr.kernel.KernelImage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is known of a variant before it boots, as the sidecar's keys. */
final class VariantFacts {
    private VariantFacts() {}

    static Map<String, Object> of(Variant variant) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("topology", variant.topology().toString());
        if (variant.shape().onPreset()) {
            facts.put("preset", variant.shape().preset());
        }
        facts.put("memoryMb", variant.memoryMb());
        variant.shape().memory().ifPresent(m -> facts.put("memoryNodes", m.texts()));
        facts.put("scheduler", variant.scheduler().map(s -> s.name()).orElse("eevdf"));
        facts.put("schedulerArgs", variant.schedulerArgs());
        facts.put("profile", variant.shape().profile().flags());
        facts.put("durationS", variant.test().durationS());
        facts.put("kernel", kernel(variant.kernel()));
        facts.put("host", host());
        List<String> notes = variant.test().pending().stream()
                .filter(pending -> !pending.skips())
                .map(Pending::line)
                .toList();
        if (!notes.isEmpty()) {
            facts.put("notes", notes);
        }
        return facts;
    }

    private static Map<String, Object> kernel(KernelImage kernel) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("version", kernel.version());
        facts.put("label", kernel.label());
        if (kernel.commit() != null) {
            facts.put("commit", kernel.commit());
        }
        facts.put("sha256", kernel.sha256());
        facts.put("origin", kernel.origin());
        return facts;
    }

    private static Map<String, Object> host() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("kernel", System.getProperty("os.version"));
        facts.put("arch", System.getProperty("os.arch"));
        facts.put("cpus", Runtime.getRuntime().availableProcessors());
        facts.put("java", System.getProperty("java.version"));
        return facts;
    }
}
