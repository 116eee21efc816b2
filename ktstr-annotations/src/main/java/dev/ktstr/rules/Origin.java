package dev.ktstr.rules;

/** Where the value of an attribute came from. */
public enum Origin {
    /** Written on the test. */
    TEST("test"),
    /** Written on the test's scheduler. */
    SCHEDULER("scheduler"),
    /** Written nowhere: the annotation's default. */
    DEFAULT("default");

    private final String json;

    Origin(String json) {
        this.json = json;
    }

    /** The word in {@code registry.json}. */
    public String json() {
        return json;
    }
}
