package dev.ktstr.kernel.internal;

import static dev.ktstr.kernel.internal.Metadata.SCHEMA;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.internal.Metadata.Item;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@link Metadata} as JSON. Apart from it, so that a hit, which needs none, does not wait for a library to load. */
public final class MetadataJson {
    private static final int MAX_BYTES = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private MetadataJson() {}

    /** The text to write. */
    static String write(Metadata m) {
        ObjectNode json = JSON.createObjectNode().put("schema", SCHEMA).put("version", m.version());
        for (String role : Metadata.ROLES) {
            Item item = m.files().get(role);
            if (item != null) {
                ObjectNode node = json.putObject(role).put("file", item.file()).put("size", item.size());
                putIfKnown(node, "sha256", item.sha256());
            }
        }
        json.put("sha256", m.sha256()).put("origin", m.origin());
        putIfKnown(json, "source", m.source());
        putIfKnown(json, "compiler", m.compiler());
        putIfKnown(json, "configHash", m.configHash());
        putIfKnown(json, "commit", m.commit());
        json.put("created", m.created().toString());
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
        Path file = folder.resolve(Metadata.FILE);
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
            return JSON.readTree(folder.resolve(Metadata.FILE).toFile())
                            .path("schema")
                            .asInt(0)
                    > SCHEMA;
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
            for (String role : Metadata.ROLES) {
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
