package dev.ktstr.rules;

/** What a diagnostic does to the compilation. */
public enum Severity {
    /** Stops it. */
    ERROR,
    /** Is printed only. */
    WARNING
}
