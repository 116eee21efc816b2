package dev.ktstr.kernel.internal;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code metadata.json} says of a folder of kernel files.
 *
 * <p>Since schema 2 every file of the folder has its SHA-256 here, and {@code check} is the SHA-256 of the other fields as
 * compact JSON, so the description is as well guarded as what it describes. Schema 1 has neither.
 *
 * @param schema version of the format it was read from
 * @param version release as {@code uname -r} says it
 * @param files by role: {@code image} and {@code vmlinux} always, {@code btf} and {@code config} where there is one
 * @param sha256 digest of the image
 * @param origin where it comes from, in words
 * @param source what it was made from, as a later request names it; or null
 * @param compiler what the kernel says of the compiler that built it; or null
 * @param configHash digest of the configuration; or null
 * @param commit commit of the source tree; or null
 * @param created when it was made
 */
public record Metadata(
        int schema,
        String version,
        Map<String, Item> files,
        String sha256,
        String origin,
        @Nullable String source,
        @Nullable String compiler,
        @Nullable String configHash,
        @Nullable String commit,
        Instant created) {
    /** The format that is written; a newer one is refused, older ones are read. */
    public static final int SCHEMA = 2;

    /** Its name in the folder. */
    public static final String FILE = "metadata.json";

    /** What a folder may have files for. */
    static final List<String> ROLES = List.of("image", "vmlinux", "btf", "config");

    /**
     * One file.
     *
     * @param file its name relative to the folder, or an absolute path when it lies elsewhere
     * @param size in bytes
     * @param sha256 its digest; null in schema 1, and for files that lie elsewhere
     */
    public record Item(String file, long size, @Nullable String sha256) {}

    public Metadata {
        files = Map.copyOf(files);
    }

    /** The file of a role that every folder has. */
    Item required(String role) {
        Item item = files.get(role);
        if (item == null) {
            throw new AssertionError("metadata without " + role + " is refused when it is read");
        }
        return item;
    }
}
