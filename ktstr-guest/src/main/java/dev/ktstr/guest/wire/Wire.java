package dev.ktstr.guest.wire;

import java.io.ByteArrayOutputStream;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns records into bytes and back: little-endian, fields in order, nothing between them. An {@code int} is 4 bytes, a
 * {@code long} 8, a {@code boolean} 1 (0 or 1), an enum its code in 4; text, bytes and lists begin with a u32 count.
 */
public final class Wire {
    /** What host and agent compare at the hello: a hash of everything that is on the wire. */
    public static final long PROTOCOL_HASH = Schema.hash();

    private static final ClassValue<Shape.RecordShape> SHAPES = new ClassValue<>() {
        @Override
        protected Shape.RecordShape computeValue(Class<?> type) {
            return (Shape.RecordShape) Shape.of(type);
        }
    };

    private Wire() {}

    /** Encodes a record. */
    public static byte[] encode(Record value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        write(SHAPES.get(value.getClass()), value, out);
        return out.toByteArray();
    }

    /**
     * Decodes a record from all of {@code bytes}.
     *
     * @throws WireException when they are too short, too long, or hold a value the type does not have
     */
    public static <T extends Record> T decode(Class<T> type, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        T value;
        try {
            value = type.cast(read(SHAPES.get(type), in));
        } catch (WireException e) {
            throw new WireException(type.getSimpleName() + ": " + e.getMessage(), e);
        }
        if (in.hasRemaining()) {
            throw new WireException(type.getSimpleName() + ": " + in.remaining() + " bytes too many");
        }
        return value;
    }

    private static void write(Shape shape, Object value, ByteArrayOutputStream out) {
        if (shape instanceof Shape.RecordShape structure) {
            for (Shape.Field field : structure.fields()) {
                write(field.shape(), invoke(field.getter(), value), out);
            }
        } else if (shape instanceof Shape.ListShape list) {
            List<?> elements = (List<?>) value;
            little(elements.size(), 4, out);
            elements.forEach(element -> write(list.element(), element, out));
        } else if (shape instanceof Shape.EnumShape) {
            little(((WireEnum) value).code(), 4, out);
        } else {
            switch ((Shape.Basic) shape) {
                case I32 -> little((Integer) value, 4, out);
                case I64 -> little((Long) value, 8, out);
                case BOOL -> out.write((Boolean) value ? 1 : 0);
                case TEXT -> counted(((String) value).getBytes(StandardCharsets.UTF_8), out);
                case BYTES -> counted(((Blob) value).bytes(), out);
            }
        }
    }

    private static void little(long value, int bytes, ByteArrayOutputStream out) {
        for (int i = 0; i < bytes; i++) {
            out.write((int) (value >>> (8 * i)));
        }
    }

    private static void counted(byte[] bytes, ByteArrayOutputStream out) {
        little(bytes.length, 4, out);
        out.write(bytes, 0, bytes.length);
    }

    private static Object read(Shape shape, ByteBuffer in) {
        if (shape instanceof Shape.RecordShape structure) {
            Object[] values = new Object[structure.fields().size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = read(structure.fields().get(i).shape(), in);
            }
            return invoke(structure.constructor(), values);
        } else if (shape instanceof Shape.ListShape list) {
            int count = count(in, list.element().minSize());
            List<Object> elements = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                elements.add(read(list.element(), in));
            }
            return elements;
        } else if (shape instanceof Shape.EnumShape enumeration) {
            int code = need(in, 4).getInt();
            Object constant = enumeration.byCode().get(code);
            if (constant == null) {
                throw new WireException(code + " is no " + enumeration.type().getSimpleName());
            }
            return constant;
        }
        return switch ((Shape.Basic) shape) {
            case I32 -> need(in, 4).getInt();
            case I64 -> need(in, 8).getLong();
            case BOOL -> bool(need(in, 1).get());
            case TEXT -> text(in);
            case BYTES -> Blob.of(bytes(in));
        };
    }

    private static boolean bool(byte value) {
        if (value != 0 && value != 1) {
            throw new WireException(value + " is no boolean");
        }
        return value == 1;
    }

    private static byte[] bytes(ByteBuffer in) {
        byte[] bytes = new byte[count(in, 1)];
        in.get(bytes);
        return bytes;
    }

    private static String text(ByteBuffer in) {
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes(in)));
            return text.toString();
        } catch (CharacterCodingException e) {
            throw new WireException("text is not UTF-8", e);
        }
    }

    /** Reads a count and checks that so many elements can be there before anything is allocated for them. */
    private static int count(ByteBuffer in, int elementSize) {
        int count = need(in, 4).getInt();
        if (count < 0 || (long) count * elementSize > in.remaining()) {
            throw new WireException("a count of " + Integer.toUnsignedString(count) + " elements does not fit in the "
                    + in.remaining() + " bytes left");
        }
        return count;
    }

    private static ByteBuffer need(ByteBuffer in, int bytes) {
        if (in.remaining() < bytes) {
            throw new WireException("ends " + (bytes - in.remaining()) + " bytes too early");
        }
        return in;
    }

    private static Object invoke(MethodHandle handle, Object argument) {
        try {
            return handle.invoke(argument);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("accessors and constructors of wire records throw nothing checked", e);
        }
    }
}
