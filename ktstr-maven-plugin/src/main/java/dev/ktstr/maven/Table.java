package dev.ktstr.maven;

import java.util.ArrayList;
import java.util.List;

/** Plain text in columns: no colour, no control characters, so it reads the same in a log file. */
final class Table {
    private static final String GAP = "  ";

    private Table() {}

    /** One line per row, columns as wide as their widest cell, no trailing blanks. Rows have equally many cells. */
    static List<String> align(List<List<String>> rows) {
        List<Integer> widths = new ArrayList<>();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                if (i == widths.size()) {
                    widths.add(0);
                }
                widths.set(i, Math.max(widths.get(i), row.get(i).length()));
            }
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private static String line(List<String> row, List<Integer> widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            String cell = row.get(i);
            line.append(cell).append(" ".repeat(widths.get(i) - cell.length())).append(GAP);
        }
        return line.toString().stripTrailing();
    }
}
