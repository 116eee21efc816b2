package dev.ktstr.guest;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file to be put into the guest.
 *
 * @param path absolute path in the guest; missing folders are made
 * @param mode permission bits, such as {@code 0755}
 * @param source its content, on the host
 */
public record GuestFile(String path, int mode, Source source) {
    public GuestFile {
        if (!path.startsWith("/") || path.endsWith("/") || path.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "a guest file needs an absolute path that names a file, got '" + path + "'");
        }
        if ((mode & ~07777) != 0) {
            throw new IllegalArgumentException(
                    "mode of " + path + " has bits outside 07777: " + Integer.toOctalString(mode));
        }
    }

    /** Where the bytes come from. Opened once, when the file is sent. */
    public interface Source {
        /** Opens the content; the session closes it. */
        InputStream open() throws IOException;

        /** Says what this is, for messages. */
        String describe();
    }

    /** Takes the content of a host file. */
    public static GuestFile of(String path, int mode, Path source) {
        return new GuestFile(path, mode, new Source() {
            @Override
            public InputStream open() throws IOException {
                return Files.newInputStream(source);
            }

            @Override
            public String describe() {
                return source.toString();
            }
        });
    }

    /** Takes the given bytes; they are copied. */
    public static GuestFile of(String path, int mode, byte[] content) {
        byte[] copy = content.clone();
        return new GuestFile(path, mode, new Source() {
            @Override
            public InputStream open() {
                return new ByteArrayInputStream(copy);
            }

            @Override
            public String describe() {
                return copy.length + " bytes";
            }
        });
    }
}
