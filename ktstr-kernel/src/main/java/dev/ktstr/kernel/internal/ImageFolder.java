package dev.ktstr.kernel.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.spec.KernelSpec;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A folder with what was derived from one kernel image, and {@code metadata.json} that describes it.
 *
 * <p>Made once, opened often: opening reads the metadata and compares file sizes, nothing else. File names in the metadata
 * are relative to the folder, or absolute for files that stay where they were found.
 */
public final class ImageFolder {
    /** Version of {@code metadata.json}; a newer one is refused. */
    static final int SCHEMA = 1;

    private static final String METADATA = "metadata.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private ImageFolder() {}

    /**
     * The material of a folder.
     *
     * @param image the bootable file: bzImage or ELF
     * @param vmlinux the ELF that belongs to {@code image}, where it is known; else it is unpacked from it
     * @param config the configuration, or null
     * @param copy whether image and config move into the folder (they are copied), or stay where they are
     * @param origin where the image comes from, in words
     * @param source what it was fetched as, {@code debian/unstable/linux-image-cloud-amd64}; null when it was not
     */
    public record Material(
            Path image,
            @Nullable Path vmlinux,
            @Nullable Path config,
            boolean copy,
            String origin,
            @Nullable String source) {}

    /** What an opened folder holds. */
    public record Content(KernelImage image, @Nullable String source, Instant created) {}

    /**
     * Fills an empty folder.
     *
     * @throws KernelException when the image is no usable kernel image, or the folder cannot be written
     */
    public static void write(Path folder, Material m) {
        try {
            fill(folder, m);
        } catch (IOException e) {
            throw ImageFile.failed("fill the cache folder", folder, e);
        }
    }

    private static void fill(Path folder, Material m) throws IOException {
        Path image = m.copy ? Files.copy(m.image, folder.resolve("vmlinuz")) : m.image.toAbsolutePath();
        Path vmlinux = m.vmlinux == null ? unpack(image, folder.resolve("vmlinux")) : m.vmlinux.toAbsolutePath();
        ObjectNode json = JSON.createObjectNode().put("schema", SCHEMA);
        try (ImageFile file = ImageFile.open(vmlinux)) {
            if (!ElfImage.isOne(file)) {
                throw new KernelException(vmlinux + " is not an ELF file, so no vmlinux");
            }
            ElfImage elf = ElfImage.read(file);
            String release = elf.release();
            if (release == null) {
                throw new KernelException(m.image + " is not a kernel: no 'Linux version' text is in it");
            }
            json.put("version", release);
            byte[] btf = elf.btf();
            if (btf != null) {
                Files.write(folder.resolve("btf"), btf);
                putFile(json, "btf", folder, folder.resolve("btf"));
            }
        }
        putFile(json, "image", folder, image);
        putFile(json, "vmlinux", folder, vmlinux);
        if (m.config != null) {
            Path config = m.copy ? Files.copy(m.config, folder.resolve("config")) : m.config.toAbsolutePath();
            putFile(json, "config", folder, config);
        }
        json.put("sha256", sha256(image)).put("origin", m.origin);
        if (m.source != null) {
            json.put("source", m.source);
        }
        json.put("created", Instant.now().toString());
        Files.writeString(folder.resolve(METADATA), json.toPrettyString() + "\n");
    }

    private static Path unpack(Path image, Path to) throws IOException {
        try (ImageFile file = ImageFile.open(image)) {
            if (ElfImage.isOne(file)) {
                return image;
            }
            if (!BzImage.isOne(file)) {
                throw new KernelException(image + " is not an x86_64 kernel image: " + looksLike(file)
                        + "; a bzImage or an ELF vmlinux is needed");
            }
            BzImage bz = BzImage.read(file);
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(to), 1 << 16)) {
                bz.unpack(out);
            }
            return to;
        }
    }

    private static String looksLike(ImageFile file) {
        if (file.size() == 0) {
            return "it is empty";
        }
        // Documentation/arch/arm64/booting.rst: "ARM\x64" at offset 56.
        if (file.size() >= 64 && file.read(56, 4, "magic").getInt() == 0x644d5241) {
            return "it is an aarch64 Image";
        }
        return "it has neither the magic of a bzImage (HdrS at 0x202) nor that of an ELF file";
    }

    /** Tells whether a folder has been filled. */
    public static boolean isFilled(Path folder) {
        return Files.exists(folder.resolve(METADATA));
    }

    /**
     * Opens a filled folder.
     *
     * @param origin the origin to report; null for the recorded one
     * @param commit commit to report, or null
     * @throws KernelException when its metadata cannot be read, is of a newer schema, or files differ from it
     */
    public static Content read(Path folder, @Nullable String origin, @Nullable String commit) {
        Path file = folder.resolve(METADATA);
        JsonNode json;
        try {
            json = JSON.readTree(file.toFile());
        } catch (JsonProcessingException e) {
            throw new KernelException(file + " is damaged: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw ImageFile.failed("read", file, e);
        }
        int schema = json.path("schema").asInt(0);
        if (schema > SCHEMA) {
            throw new KernelException(
                    file + " has schema " + schema + ", written by a newer ktstr; this one reads up to " + SCHEMA);
        }
        String version = text(json, "version", file);
        KernelImage image = new KernelImage(
                version,
                KernelSpec.label(version),
                required(json, "image", folder, file),
                required(json, "vmlinux", folder, file),
                path(json, "btf", folder, file),
                path(json, "config", folder, file),
                text(json, "sha256", file),
                origin == null ? text(json, "origin", file) : origin,
                commit);
        JsonNode source = json.get("source");
        return new Content(image, source == null ? null : source.asText(), created(json, file));
    }

    private static Instant created(JsonNode json, Path file) {
        try {
            return Instant.parse(text(json, "created", file));
        } catch (DateTimeException e) {
            throw new KernelException(file + " is damaged: 'created' is no time", e);
        }
    }

    private static Path required(JsonNode json, String name, Path folder, Path file) {
        Path path = path(json, name, folder, file);
        if (path == null) {
            throw new KernelException(file + " is damaged: '" + name + "' is missing");
        }
        return path;
    }

    private static @Nullable Path path(JsonNode json, String name, Path folder, Path file) {
        JsonNode entry = json.get(name);
        if (entry == null) {
            return null;
        }
        Path path = resolve(folder, text(entry, "file", file), file);
        long recorded = entry.path("size").asLong(-1);
        try {
            long size = Files.size(path);
            if (size != recorded) {
                throw new KernelException(
                        path + " is damaged: it has " + size + " bytes and " + METADATA + " says " + recorded);
            }
        } catch (NoSuchFileException e) {
            throw new KernelException(path + " is missing, and " + file + " names it", e);
        } catch (IOException e) {
            throw ImageFile.failed("look at", path, e);
        }
        return path;
    }

    private static Path resolve(Path folder, String name, Path file) {
        try {
            return folder.resolve(name);
        } catch (InvalidPathException e) {
            throw new KernelException(file + " is damaged: it names a file that cannot be", e);
        }
    }

    private static String text(JsonNode json, String name, Path file) {
        JsonNode value = json.get(name);
        if (value == null || !value.isTextual() || value.asText().isEmpty()) {
            throw new KernelException(file + " is damaged: '" + name + "' is missing");
        }
        return value.asText();
    }

    private static void putFile(ObjectNode json, String name, Path folder, Path path) throws IOException {
        String text = path.startsWith(folder) ? folder.relativize(path).toString() : path.toString();
        json.putObject(name).put("file", text).put("size", Files.size(path));
    }

    /** Hex SHA-256 of a file. */
    public static String sha256(Path file) throws IOException {
        MessageDigest digest = sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Hex SHA-256 of texts, each ended by a NUL. */
    public static String sha256(List<String> texts) {
        MessageDigest digest = sha256();
        for (String text : texts) {
            digest.update((text + "\0").getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
