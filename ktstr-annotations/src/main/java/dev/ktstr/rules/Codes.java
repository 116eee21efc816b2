package dev.ktstr.rules;

import static dev.ktstr.rules.Severity.ERROR;
import static dev.ktstr.rules.Severity.WARNING;

/**
 * Every rule. A number is never reused or given another meaning; each has a section in the
 * documentation page {@code errors.md}. 1xx: the test method and its class; 2xx: numbers and topology; 3xx: schedulers;
 * 4xx: flags; 5xx: checks; 6xx: output; 7xx: what a test expects and does; 8xx: payloads.
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
    // 111 was a rule about names of java.lang.Object's methods; generated methods no longer clash with them.
    GENERATED_CLASS_EXISTS(112, ERROR),
    TEST_SUSPEND(113, ERROR),

    DIMENSION_NOT_POSITIVE(201, ERROR),
    LLCS_NOT_DIVISIBLE(202, ERROR),
    TOO_MANY_CPUS(203, ERROR),
    NUMBER_NOT_POSITIVE(204, ERROR),
    LIMIT_NOT_POSITIVE(205, ERROR),
    MIN_ABOVE_MAX(206, ERROR),
    NO_PRESET(207, ERROR),
    MEMORY_NODES(208, ERROR),

    NOT_A_SCHEDULER(301, ERROR),
    SCHEDULER_NAME_MISSING(302, ERROR),
    SCHEDULER_NAME_RESERVED(303, ERROR),
    SCHEDULER_NAME_TWICE(304, ERROR),
    BINARY_SOURCE(305, ERROR),
    KARG_RESERVED(306, ERROR),
    SYSCTL_KEY(307, ERROR),
    NEEDS_SCHEDULER(308, WARNING),
    KERNEL_SPEC(309, ERROR),
    CGROUP_PARENT(310, ERROR),
    CONFIG_FILE_ARG(311, ERROR),
    CONFIG_GUEST_PATH(312, ERROR),
    CONFIG_FILE_TWICE(313, ERROR),
    CONFIG_NOT_TAKEN(314, ERROR),
    CONFIG_MISSING(315, ERROR),
    KERNEL_BUILTIN_HALF(316, ERROR),
    DEFINITION(317, ERROR),

    FLAG_OUTSIDE_SCHEDULER(401, ERROR),
    FLAG_MISSING(402, ERROR),
    FLAG_REQUIRES_UNKNOWN(403, ERROR),
    FLAG_REQUIRES_ITSELF(404, ERROR),
    FLAG_REQUIRES_CYCLE(405, ERROR),
    FLAG_NAME_TWICE(406, ERROR),
    FLAG_UNKNOWN(407, ERROR),
    FLAG_REQUIRED_AND_EXCLUDED(408, ERROR),
    FLAGS_OF_NONE(409, ERROR),
    FLAG_EXCLUDED_BUT_NEEDED(410, ERROR),
    TOO_MANY_PROFILES(411, ERROR),

    CHECK_NOT_POSITIVE(501, ERROR),
    CHECK_ABOVE_100_PERCENT(502, ERROR),
    CHECK_NEGATIVE(503, ERROR),
    CHECK_NOT_A_NUMBER(504, ERROR),
    CHECK_WITHOUT_NOT_STARVED(505, WARNING),
    CHECK_NOT_A_FRACTION(506, ERROR),

    OUTPUT_FAILED(601, ERROR),
    REGISTRY_UNREADABLE(602, WARNING),
    PROCESSOR_FAILED(603, ERROR),

    PERFORMANCE_BOTH(701, ERROR),
    HOST_ONLY_WITH(702, ERROR),
    EXPECT_WITHOUT_ERR(703, ERROR),
    EXPECT_PATTERN(704, ERROR),
    MAP_WRITE_WITHOUT_SCHEDULER(705, ERROR),
    MAP_WRITE_PLACE(706, ERROR),
    SNAPSHOTS_RANGE(707, ERROR),
    POST_VM_UNKNOWN(708, ERROR),
    POST_VM_SIGNATURE(709, ERROR),
    SNAPSHOTS_WITHOUT_POST_VM(710, WARNING),
    NO_EFFECT(711, WARNING),

    NOT_A_PAYLOAD(801, ERROR),
    PAYLOAD_TWICE(802, ERROR),
    PAYLOAD_BINARY(803, ERROR),
    PAYLOAD_NAME_TWICE(804, ERROR),
    METRIC_NAME(805, ERROR),
    PAYLOAD_CHECK(806, ERROR),

    CLAIMABLE_PRIVATE(901, ERROR),
    CLAIMABLE_NOTHING(902, ERROR),
    CLAIMABLE_SUBJECT(903, ERROR);

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
