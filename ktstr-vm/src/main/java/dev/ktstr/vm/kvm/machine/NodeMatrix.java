package dev.ktstr.vm.kvm.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntBinaryOperator;

/**
 * A number for each pair of nodes: distance, latency or bandwidth from one node to another's memory.
 *
 * @param rows nodes that access, one row each
 * @param columns nodes whose memory is accessed
 * @param values row after row
 */
public record NodeMatrix(int rows, int columns, List<Integer> values) {
    public NodeMatrix {
        values = List.copyOf(values);
        if (rows < 1 || columns < 1 || values.size() != rows * columns) {
            throw new IllegalArgumentException(
                    "a matrix of " + rows + " x " + columns + " nodes does not have " + values.size() + " values");
        }
    }

    /** Makes a matrix from a function of row and column. */
    public static NodeMatrix of(int rows, int columns, IntBinaryOperator value) {
        List<Integer> values = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                values.add(value.applyAsInt(row, column));
            }
        }
        return new NodeMatrix(rows, columns, values);
    }

    /** One value. */
    public int at(int row, int column) {
        if (column < 0 || column >= columns) {
            throw new IndexOutOfBoundsException("column " + column + " of " + columns);
        }
        return values.get(row * columns + column);
    }
}
