package dev.ktstr.kernel.internal;

import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.spec.KernelSpec;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder with what was derived from one kernel image, and {@code metadata.json} that describes it.
 *
 * <p>Made once, opened often: opening reads the metadata and, while nothing has touched the files, one small file more.
 * File names in the metadata are relative to the folder, or absolute for files that stay where they were found.
 */
public final class ImageFolder {
    private static final String COMPILER = "CONFIG_CC_VERSION_TEXT=";

    private ImageFolder() {}

    /**
     * The material of a folder.
     *
     * @param image the bootable file: bzImage or ELF
     * @param vmlinux the ELF that belongs to {@code image}, where it is known; else it is unpacked from it
     * @param config the configuration, or null
     * @param copy whether the files move into the folder (they are copied, vmlinux slimmed), or stay where they are
     * @param origin where the image comes from, in words
     * @param source what it was fetched as, {@code debian/unstable/linux-image-cloud-amd64}; null when it was not
     * @param commit commit of the source tree, or null
     */
    public record Material(
            Path image,
            @Nullable Path vmlinux,
            @Nullable Path config,
            boolean copy,
            String origin,
            @Nullable String source,
            @Nullable String commit) {}

    /** What an opened folder holds. */
    public record Content(KernelImage image, Metadata metadata) {}

    /**
     * Fills an empty folder; all of it is on the disk when this returns.
     *
     * @throws KernelException when the image is no usable kernel image, or the folder cannot be written
     */
    public static void write(Path folder, Material m) {
        try {
            Metadata metadata = fill(folder, m);
            Files.writeString(folder.resolve(Metadata.FILE), MetadataJson.write(metadata));
            sync(folder);
            Stamp.set(folder, metadata);
        } catch (IOException e) {
            throw ImageFile.failed("fill the cache folder", folder, e);
        }
    }

    private static Metadata fill(Path folder, Material m) throws IOException {
        Path image = m.copy ? copyImage(m.image, folder) : m.image.toAbsolutePath();
        Path vmlinux = vmlinux(folder, m, image);
        Map<String, Metadata.Item> files = new LinkedHashMap<>();
        String release;
        try (ImageFile file = ImageFile.open(vmlinux)) {
            if (!ElfImage.isOne(file)) {
                throw new KernelException(vmlinux + " is not an ELF file, so no vmlinux");
            }
            ElfImage elf = ElfImage.read(file);
            release = elf.release();
            if (release == null) {
                throw new KernelException(m.image + " is not a kernel: no 'Linux version' text is in it");
            }
            byte[] btf = elf.btf();
            if (btf != null) {
                Files.write(folder.resolve("btf"), btf);
                files.put("btf", item(folder, folder.resolve("btf")));
            }
        }
        Metadata.Item imageItem = item(folder, image);
        files.put("image", imageItem);
        files.put("vmlinux", vmlinux.equals(image) ? imageItem : item(folder, vmlinux));
        String configHash = null;
        String compiler = null;
        if (m.config != null) {
            Path config = m.copy ? Files.copy(m.config, folder.resolve("config")) : m.config.toAbsolutePath();
            files.put("config", item(folder, config));
            configHash = Sha256.of(config);
            compiler = compiler(config);
        }
        String digest = imageItem.sha256() == null ? Sha256.of(image) : imageItem.sha256();
        return new Metadata(
                Metadata.SCHEMA,
                release,
                files,
                digest,
                m.origin,
                m.source,
                compiler,
                configHash,
                m.commit,
                Instant.now());
    }

    /** An image that is an ELF file is a vmlinux itself. */
    private static Path copyImage(Path image, Path folder) throws IOException {
        Path copy = folder.resolve("vmlinuz");
        try (ImageFile file = ImageFile.open(image)) {
            if (!ElfImage.isOne(file)) {
                return Files.copy(image, copy);
            }
        }
        SlimVmlinux.copy(image, copy);
        return copy;
    }

    private static Path vmlinux(Path folder, Material m, Path image) throws IOException {
        if (m.vmlinux == null || m.vmlinux.equals(m.image)) {
            return unpack(image, folder.resolve("vmlinux"));
        }
        if (!m.copy) {
            return m.vmlinux.toAbsolutePath();
        }
        Path copy = folder.resolve("vmlinux");
        SlimVmlinux.copy(m.vmlinux, copy);
        return copy;
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

    /** What Kbuild wrote of the compiler into a configuration; null when it did not. */
    private static @Nullable String compiler(Path config) throws IOException {
        try (Stream<String> lines = Files.lines(config, StandardCharsets.ISO_8859_1)) {
            return lines.filter(l -> l.startsWith(COMPILER))
                    .map(l -> l.substring(COMPILER.length()).replace("\"", "").strip())
                    .filter(l -> !l.isEmpty())
                    .findFirst()
                    .orElse(null);
        }
    }

    /** Writes to the disk what a rename would otherwise outrun: after a power cut there is the whole folder, or none. */
    private static void sync(Path folder) throws IOException {
        for (Path file : Folders.list(folder)) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        }
    }

    /** Tells whether a folder has been filled. */
    public static boolean isFilled(Path folder) {
        return Files.exists(folder.resolve(Metadata.FILE));
    }

    /**
     * Opens a filled folder and checks its files.
     *
     * @param origin the origin to report; null for the recorded one
     * @param commit commit to report; null for the recorded one
     * @throws KernelException when its metadata cannot be read, is of a newer schema, or files differ from it
     */
    public static Content read(Path folder, @Nullable String origin, @Nullable String commit, Stamp.Check check) {
        Metadata known = Stamp.recall(folder, check);
        Metadata m = known == null ? checked(folder) : known;
        KernelImage image = new KernelImage(
                m.version(),
                KernelSpec.label(m.version()),
                folder.resolve(m.required("image").file()),
                folder.resolve(m.required("vmlinux").file()),
                path(folder, m, "btf"),
                path(folder, m, "config"),
                m.sha256(),
                origin == null ? m.origin() : origin,
                commit == null ? m.commit() : commit);
        return new Content(image, m);
    }

    private static @Nullable Path path(Path folder, Metadata m, String role) {
        Metadata.Item item = m.files().get(role);
        return item == null ? null : folder.resolve(item.file());
    }

    /** Reads the metadata and every file that it names. */
    private static Metadata checked(Path folder) {
        Metadata m = MetadataJson.read(folder);
        for (Metadata.Item item : m.files().values()) {
            checkSize(folder, item);
        }
        Stamp.verify(folder, m);
        return m;
    }

    private static void checkSize(Path folder, Metadata.Item item) {
        Path path = resolve(folder, item.file());
        try {
            long size = Files.size(path);
            if (size != item.size()) {
                throw new KernelException(
                        path + " is damaged: it has " + size + " bytes and " + Metadata.FILE + " says " + item.size());
            }
        } catch (NoSuchFileException e) {
            throw new KernelException(path + " is missing, and " + folder.resolve(Metadata.FILE) + " names it", e);
        } catch (IOException e) {
            throw ImageFile.failed("look at", path, e);
        }
    }

    private static Path resolve(Path folder, String name) {
        try {
            return folder.resolve(name);
        } catch (InvalidPathException e) {
            throw new KernelException(folder.resolve(Metadata.FILE) + " is damaged: it names a file that cannot be", e);
        }
    }

    private static Metadata.Item item(Path folder, Path path) throws IOException {
        boolean inside = path.startsWith(folder);
        String name = inside ? folder.relativize(path).toString() : path.toString();
        return new Metadata.Item(name, Files.size(path), inside ? Sha256.of(path) : null);
    }
}
