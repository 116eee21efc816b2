package dev.ktstr.spec;

import java.util.Locale;

/** The name of a kernel where only letters, digits and underscores may stand: in names of tests and of files. */
public final class KernelLabel {
    private KernelLabel() {}

    /**
     * Makes a label, {@code kernel_6_14_2} of {@code 6.14.2}. Letters become lower case, and each run of other characters one
     * underscore.
     *
     * @param text a version, a release, a cache key, any text
     */
    public static String of(String text) {
        String sane =
                text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_").replaceAll("^_|_$", "");
        return "kernel_" + (sane.isEmpty() ? "unnamed" : sane);
    }
}
