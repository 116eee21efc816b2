package dev.ktstr.processor.rules;

import static dev.ktstr.processor.rules.Severity.ERROR;
import static dev.ktstr.processor.rules.Severity.WARNING;

/**
 * Every diagnostic of the processor. A number is never reused or given another meaning; each has a section in the
 * documentation page {@code errors.md}. 1xx: the test method and its class; 2xx: numbers and topology; 3xx: schedulers;
 * 4xx: flags; 5xx: checks; 6xx: output.
 */
public enum Codes {
    TEST_PRIVATE(101, ERROR),
    TEST_ABSTRACT(102, ERROR),
    TEST_GENERIC(103, ERROR),
    TEST_INNER_CLASS(104, ERROR),
    TEST_PARAMETERS(105, ERROR),
    TEST_RETURN(106, ERROR),
    TEST_NAME_TWICE(107, ERROR),
    TEST_NO_CONSTRUCTOR(108, ERROR),
    TEST_CLASS_PRIVATE(109, ERROR),
    TEST_CLASS_NO_INSTANCE(110, ERROR),
    TEST_NAME_OF_OBJECT(111, ERROR),
    GENERATED_CLASS_EXISTS(112, ERROR),

    DIMENSION_NOT_POSITIVE(201, ERROR),
    LLCS_NOT_DIVISIBLE(202, ERROR),
    TOO_MANY_CPUS(203, ERROR),
    NUMBER_NOT_POSITIVE(204, ERROR),

    NOT_A_SCHEDULER(301, ERROR),
    SCHEDULER_NAME_MISSING(302, ERROR),
    SCHEDULER_NAME_RESERVED(303, ERROR),
    SCHEDULER_NAME_TWICE(304, ERROR),
    BINARY_SOURCE(305, ERROR),
    KARG_RESERVED(306, ERROR),
    SYSCTL_KEY(307, ERROR),
    NEEDS_SCHEDULER(308, WARNING),

    FLAG_OUTSIDE_SCHEDULER(401, ERROR),
    FLAG_MISSING(402, ERROR),
    FLAG_REQUIRES_UNKNOWN(403, ERROR),
    FLAG_REQUIRES_ITSELF(404, ERROR),
    FLAG_REQUIRES_CYCLE(405, ERROR),
    FLAG_NAME_TWICE(406, ERROR),

    CHECK_NOT_POSITIVE(501, ERROR),
    CHECK_ABOVE_100_PERCENT(502, ERROR),
    CHECK_NEGATIVE(503, ERROR),
    CHECK_NOT_A_NUMBER(504, ERROR),
    CHECK_WITHOUT_NOT_STARVED(505, WARNING),

    OUTPUT_FAILED(601, ERROR);

    private final int number;
    private final Severity severity;

    Codes(int number, Severity severity) {
        this.number = number;
        this.severity = severity;
    }

    /** The number in {@code [KTSTR-123]}. */
    public int number() {
        return number;
    }

    /** What a diagnostic of this code does to the compilation. */
    public Severity severity() {
        return severity;
    }

    /** The tag a message starts with, {@code KTSTR-123}. */
    public String tag() {
        return "KTSTR-" + number;
    }
}
