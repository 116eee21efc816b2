package dev.ktstr.claim;

/** Where claims report to. */
public interface ClaimSink {
    /**
     * Takes one claim's result.
     *
     * @param holds whether it holds
     * @param label what was claimed of
     * @param claimed what was claimed, as it follows "expected": {@code at most 100}
     * @param found the value, or why there is none
     */
    void claimed(boolean holds, String label, String claimed, String found);
}
