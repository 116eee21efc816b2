package dev.ktstr.kernel;

/** Hears how a fetch gets on. */
@FunctionalInterface
public interface FetchListener {
    /** Takes one plain line, without a line end: what is about to be done. */
    void progress(String line);
}
