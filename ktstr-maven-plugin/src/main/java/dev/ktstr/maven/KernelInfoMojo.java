package dev.ktstr.maven;

import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelDiscovery;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.kernel.KernelInfo;
import dev.ktstr.run.Calibration;
import dev.ktstr.run.RunException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** Says what is in the kernel that tests would run on, and what it can and cannot do for them. */
@Mojo(name = "kernel-info", requiresProject = false, aggregator = true, threadSafe = true)
public final class KernelInfoMojo extends KtstrMojo {
    /** The kernel, named as for tests; the one tests would take when not set. */
    @Parameter(property = "ktstr.kernel")
    private @Nullable String kernel;

    /** {@code table} (the default) or {@code json}, which is printed alone: use it with {@code mvn -q}. */
    @Parameter(property = "ktstr.output")
    private @Nullable String output;

    /** File to write the JSON to, instead of the build's output. */
    @Parameter(property = "ktstr.outputFile")
    private @Nullable String outputFile;

    /** Boot the kernel once and read the symbols that its image has not; kept for all later runs. */
    @Parameter(property = "ktstr.calibrate")
    private @Nullable String calibrate;

    @Override
    public void execute() throws MojoExecutionException {
        Options options = options();
        boolean json = Json.isAsked(options.text("output", output, "table"));
        String spec = options.text("kernel", kernel, "");
        KernelCache cache = KernelCache.standard();
        try {
            KernelImage image = KernelDiscovery.standard().find(spec.isEmpty() ? null : spec);
            KernelInfo info = KernelInfo.of(image, cache.kallsyms(image));
            if (info.symbols() == 0 && options.flag("calibrate", calibrate)) {
                getLog().info("booting kernel " + image.version() + " once to read its symbols");
                image = Calibration.standard().complete(image, cache);
                info = KernelInfo.of(image, cache.kallsyms(image));
            }
            if (json) {
                Json.print(values(info), options.text("outputFile", outputFile, ""), line -> getLog().info(line));
            } else {
                table(info).forEach(line -> getLog().info(line));
            }
        } catch (KernelException | RunException e) {
            throw new MojoExecutionException(e.getMessage(), e);
        }
    }

    static List<String> table(KernelInfo info) {
        KernelImage image = info.image();
        List<List<String>> facts = new ArrayList<>();
        facts.add(List.of("version", image.version()));
        facts.add(List.of("origin", image.origin()));
        if (image.commit() != null) {
            facts.add(List.of("commit", image.commit()));
        }
        facts.add(List.of("image", image.image() + ", " + megabytes(info.imageBytes())));
        facts.add(List.of("SHA-256", image.sha256()));
        facts.add(List.of("vmlinux", image.vmlinux() + ", " + megabytes(info.vmlinuxBytes())));
        facts.add(List.of("BTF", image.btf() == null ? "none" : megabytes(info.btfBytes())));
        facts.add(List.of("symbols", info.symbols() == 0 ? "none" : info.symbols() + " from " + info.symbolSource()));
        List<String> lines = new ArrayList<>(Table.align(facts));
        lines.add("");
        List<List<String>> abilities = new ArrayList<>();
        info.abilities()
                .forEach(a -> abilities.add(List.of(a.answer().name().toLowerCase(Locale.ROOT), a.what(), a.why())));
        lines.addAll(Table.align(abilities));
        lines.add("");
        if (info.config().isEmpty()) {
            lines.add("its configuration is not known");
        }
        List<List<String>> options = new ArrayList<>();
        info.config().forEach((name, value) -> options.add(List.of("CONFIG_" + name, value)));
        lines.addAll(Table.align(options));
        return lines;
    }

    static Map<String, Object> values(KernelInfo info) {
        KernelImage image = info.image();
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("version", image.version());
        values.put("label", image.label());
        values.put("origin", image.origin());
        if (image.commit() != null) {
            values.put("commit", image.commit());
        }
        values.put("image", image.image().toString());
        values.put("imageBytes", info.imageBytes());
        values.put("sha256", image.sha256());
        values.put("vmlinux", image.vmlinux().toString());
        values.put("vmlinuxBytes", info.vmlinuxBytes());
        values.put("btfBytes", info.btfBytes());
        values.put("symbols", info.symbols());
        values.put("symbolSource", info.symbolSource());
        values.put("lines", info.lines());
        List<Map<String, Object>> abilities = new ArrayList<>();
        for (KernelInfo.Ability a : info.abilities()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("what", a.what());
            row.put("answer", a.answer().name().toLowerCase(Locale.ROOT));
            if (!a.why().isEmpty()) {
                row.put("why", a.why());
            }
            abilities.add(row);
        }
        values.put("abilities", abilities);
        values.put("config", info.config());
        return values;
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
