package dev.ktstr.annotations;

/** What the result of a payload is read from. */
public enum PayloadOutput {
    /** Its exit code alone. */
    EXIT_CODE,
    /** The first JSON object in its standard output. */
    JSON
}
