package dev.ktstr.verify;

import java.util.List;
import java.util.OptionalLong;

/**
 * What a sweep measured, as far as another is compared with it.
 *
 * @param source where it is from, in words: a commit, a program
 * @param programs in the order of the sweep
 */
public record Figures(String source, List<Program> programs) {
    /**
     * A program in a cell.
     *
     * @param cell the cell's name
     */
    public record Program(String cell, String name, OptionalLong verifiedInsns, OptionalLong jitedBytes) {}

    public Figures {
        programs = List.copyOf(programs);
    }

    /** Those of a sweep that has just been made. */
    public static Figures of(String source, List<CellResult> results) {
        return new Figures(
                source,
                results.stream()
                        .flatMap(result -> result.programs().stream()
                                .map(p ->
                                        new Program(result.cell().name(), p.name(), p.verifiedInsns(), p.jitedBytes())))
                        .toList());
    }
}
