package dev.ktstr.guest.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes random values of wire records from a seed. */
final class RandomRecords {
    private final Random random;

    RandomRecords(long seed) {
        random = new Random(seed);
    }

    /** A value of the given message type. */
    Record next(Class<?> type) {
        return (Record) value(Shape.of(type), 0);
    }

    private Object value(Shape shape, int depth) {
        if (shape instanceof Shape.RecordShape structure) {
            Object[] values = structure.fields().stream()
                    .map(field -> value(field.shape(), depth + 1))
                    .toArray();
            try {
                return structure.constructor().invoke(values);
            } catch (Throwable e) {
                throw new AssertionError(structure.type().getName(), e);
            }
        } else if (shape instanceof Shape.ListShape list) {
            List<Object> elements = new ArrayList<>();
            for (int n = random.nextInt(4); n > 0; n--) {
                elements.add(value(list.element(), depth + 1));
            }
            return elements;
        } else if (shape instanceof Shape.EnumShape enumeration) {
            List<Object> all = List.copyOf(enumeration.byCode().values());
            return all.get(random.nextInt(all.size()));
        }
        return switch ((Shape.Basic) shape) {
            case I32 -> random.nextInt();
            case I64 -> random.nextLong();
            case BOOL -> random.nextBoolean();
            case TEXT -> text();
            case BYTES -> {
                byte[] bytes = new byte[random.nextInt(20)];
                random.nextBytes(bytes);
                yield Blob.of(bytes);
            }
        };
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(10); n > 0; n--) {
            text.appendCodePoint("aZ0 /-ü→\uD83D\uDE00".codePoints().toArray()[random.nextInt(9)]);
        }
        return text.toString();
    }
}
