package dev.ktstr.kernel.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ktstr.kernel.KernelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
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

    private static final int MAX_BYTES = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

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

    /** The text to write. */
    String toJson() {
        ObjectNode json = JSON.createObjectNode().put("schema", SCHEMA).put("version", version);
        for (String role : ROLES) {
            Item item = files.get(role);
            if (item != null) {
                ObjectNode node = json.putObject(role).put("file", item.file).put("size", item.size);
                putIfKnown(node, "sha256", item.sha256);
            }
        }
        json.put("sha256", sha256).put("origin", origin);
        putIfKnown(json, "source", source);
        putIfKnown(json, "compiler", compiler);
        putIfKnown(json, "configHash", configHash);
        putIfKnown(json, "commit", commit);
        json.put("created", created.toString());
        json.put("check", Sha256.of(json.toString()));
        return json.toPrettyString() + "\n";
    }

    private static void putIfKnown(ObjectNode json, String name, @Nullable String value) {
        if (value != null) {
            json.put(name, value);
        }
    }

    /**
     * Reads the metadata of a folder.
     *
     * @throws KernelException when it cannot be read, is damaged, or of a newer schema
     */
    static Metadata read(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new KernelException(file + " is damaged: it has " + Files.size(file) + " bytes");
            }
            return parse(Files.readAllBytes(file), file.toString());
        } catch (IOException e) {
            throw ImageFile.failed("read", file, e);
        }
    }

    /** Tells whether the metadata of a folder is of a newer schema; not when it cannot be read. */
    public static boolean isNewer(Path folder) {
        try {
            return JSON.readTree(folder.resolve(FILE).toFile()).path("schema").asInt(0) > SCHEMA;
        } catch (IOException e) {
            return false; // then it is damaged, which who asks already knows
        }
    }

    /**
     * Reads metadata.
     *
     * @param from where the bytes are from, for messages
     * @throws KernelException when it is damaged, or of a newer schema
     */
    public static Metadata parse(byte[] bytes, String from) {
        JsonNode json;
        try {
            json = JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new KernelException(from + " is damaged: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new KernelException(from + " is damaged: " + e.getMessage(), e);
        }
        if (!(json instanceof ObjectNode object)) {
            throw new KernelException(from + " is damaged: it is no JSON object");
        }
        JsonNode schema = json.path("schema");
        if (schema.canConvertToInt() && schema.asInt() > SCHEMA) {
            throw new KernelException(
                    from + " has schema " + schema.asInt() + ", written by a newer ktstr; this one reads up" + " to "
                            + SCHEMA + ": update ktstr here, or keep two caches apart with KTSTR_CACHE_DIR");
        }
        if (schema.asInt(0) >= 2) {
            checkWhole(object, from);
        }
        return new Reader(json, from).metadata();
    }

    private static void checkWhole(ObjectNode json, String from) {
        JsonNode recorded = json.remove("check");
        String actual = Sha256.of(json.toString());
        if (recorded == null || !actual.equals(recorded.asText())) {
            throw new KernelException(from + " is damaged: its content does not have the digest that its 'check' says");
        }
    }

    /** Takes the fields out of a parsed object. */
    private record Reader(JsonNode json, String from) {
        Metadata metadata() {
            Map<String, Item> files = new LinkedHashMap<>();
            for (String role : ROLES) {
                Item item = item(role);
                if (item != null) {
                    files.put(role, item);
                }
            }
            for (String role : List.of("image", "vmlinux")) {
                if (!files.containsKey(role)) {
                    throw damaged("'" + role + "' is missing");
                }
            }
            return new Metadata(
                    json.path("schema").asInt(0),
                    text(json, "version"),
                    files,
                    text(json, "sha256"),
                    text(json, "origin"),
                    optional("source"),
                    optional("compiler"),
                    optional("configHash"),
                    optional("commit"),
                    created());
        }

        private @Nullable Item item(String role) {
            JsonNode node = json.get(role);
            if (node == null) {
                return null;
            }
            JsonNode digest = node.get("sha256");
            return new Item(text(node, "file"), node.path("size").asLong(-1), digest == null ? null : digest.asText());
        }

        private Instant created() {
            try {
                return Instant.parse(text(json, "created"));
            } catch (DateTimeException e) {
                throw new KernelException(from + " is damaged: 'created' is no time", e);
            }
        }

        private @Nullable String optional(String name) {
            return json.has(name) ? text(json, name) : null;
        }

        private String text(JsonNode node, String name) {
            JsonNode value = node.get(name);
            if (value == null || !value.isTextual() || value.asText().isEmpty()) {
                throw damaged("'" + name + "' is missing");
            }
            return value.asText();
        }

        private KernelException damaged(String what) {
            return new KernelException(from + " is damaged: " + what);
        }
    }
}
