package dev.ktstr.kernel.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a remote cache has of an entry.
 *
 * @param key of the entry
 * @param files all its files
 */
record Manifest(String key, List<Item> files) {
    /** The format; another one is not read. */
    static final int SCHEMA = 1;

    /** More than any manifest has. */
    static final int MAX_BYTES = 64 << 10;

    private static final int MAX_FILES = 16;
    private static final long MAX_FILE = 2L << 30;
    private static final ObjectMapper JSON = new ObjectMapper();

    Manifest {
        files = List.copyOf(files);
    }

    /**
     * A file.
     *
     * @param name in the entry's folder
     * @param size in bytes
     * @param sha256 of its content
     * @param packedSize size of the blob that holds it, packed by zstd
     * @param packedSha256 digest of that blob, which is its name too
     */
    record Item(String name, long size, String sha256, long packedSize, String packedSha256) {}

    String toJson() {
        ObjectNode json = JSON.createObjectNode().put("ktstr", SCHEMA).put("key", key);
        ArrayNode all = json.putArray("files");
        for (Item item : files) {
            all.addObject()
                    .put("name", item.name)
                    .put("size", item.size)
                    .put("sha256", item.sha256)
                    .put("packedSize", item.packedSize)
                    .put("packedSha256", item.packedSha256);
        }
        return json.toPrettyString() + "\n";
    }

    /** @throws IOException when it is no manifest, of another schema, or of another entry */
    static Manifest parse(byte[] bytes, String key) throws IOException {
        JsonNode json;
        try {
            json = JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new IOException("its manifest is damaged: " + e.getOriginalMessage(), e);
        }
        if (json.path("ktstr").asInt(0) != SCHEMA) {
            throw new IOException("its manifest is damaged, or of another release of ktstr");
        }
        if (!json.path("key").asText("").equals(key)) {
            throw new IOException("it sends another entry than was asked for");
        }
        List<Item> items = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JsonNode node : json.path("files")) {
            Item item = new Item(
                    node.path("name").asText(""),
                    node.path("size").asLong(-1),
                    node.path("sha256").asText(""),
                    node.path("packedSize").asLong(-1),
                    node.path("packedSha256").asText(""));
            boolean sized =
                    item.size >= 0 && item.size <= MAX_FILE && item.packedSize >= 0 && item.packedSize <= MAX_FILE;
            if (!sized || !isName(item.name) || !isDigest(item.sha256) || !isDigest(item.packedSha256)) {
                throw new IOException("its manifest is damaged: " + node);
            }
            items.add(item);
            names.add(item.name);
        }
        if (items.isEmpty() || items.size() > MAX_FILES || names.size() != items.size()) {
            throw new IOException("its manifest is damaged: it names " + items.size() + " files");
        }
        return new Manifest(key, items);
    }

    /** Names become files of a folder of ours: no separators, nothing hidden, nothing else than entries have. */
    static boolean isName(String name) {
        return name.matches("[a-z][a-z0-9]{0,30}(\\.[a-z]{1,10})?");
    }

    private static boolean isDigest(String text) {
        return text.matches("[0-9a-f]{64}");
    }
}
