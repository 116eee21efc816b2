package dev.ktstr.guest.wire;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The shape of a value on the wire, derived from its Java type. */
sealed interface Shape {
    /** Fewest bytes a value takes; bounds what a hostile count can make the decoder allocate. */
    int minSize();

    /** Values of one fixed form. */
    enum Basic implements Shape {
        I32(4),
        I64(8),
        BOOL(1),
        /** u32 length, UTF-8. */
        TEXT(4),
        /** u32 length, bytes. */
        BYTES(4);

        private final int minSize;

        Basic(int minSize) {
            this.minSize = minSize;
        }

        @Override
        public int minSize() {
            return minSize;
        }
    }

    /** An i32 code. */
    record EnumShape(Class<?> type, Map<Integer, Object> byCode) implements Shape {
        @Override
        public int minSize() {
            return 4;
        }
    }

    /** u32 count, elements. */
    record ListShape(Shape element) implements Shape {
        @Override
        public int minSize() {
            return 4;
        }
    }

    /** Fields in order, nothing between them. */
    record RecordShape(Class<?> type, List<Field> fields, MethodHandle constructor, int minSize) implements Shape {}

    /** A component of a record. */
    record Field(String name, Shape shape, MethodHandle getter) {}

    /** Derives the shape of a Java type. */
    static Shape of(Type type) {
        if (type == int.class || type == Integer.class) {
            return Basic.I32;
        } else if (type == long.class || type == Long.class) {
            return Basic.I64;
        } else if (type == boolean.class) {
            return Basic.BOOL;
        } else if (type == String.class) {
            return Basic.TEXT;
        } else if (type == Blob.class) {
            return Basic.BYTES;
        } else if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            return new ListShape(of(list.getActualTypeArguments()[0]));
        } else if (type instanceof Class<?> c && c.isEnum() && WireEnum.class.isAssignableFrom(c)) {
            Map<Integer, Object> byCode = new LinkedHashMap<>();
            for (Object constant : c.getEnumConstants()) {
                if (byCode.put(((WireEnum) constant).code(), constant) != null) {
                    throw new IllegalArgumentException(c.getName() + " uses a code twice: " + constant);
                }
            }
            return new EnumShape(c, byCode);
        } else if (type instanceof Class<?> c && c.isRecord()) {
            return ofRecord(c);
        }
        throw new IllegalArgumentException("no wire shape for " + type.getTypeName());
    }

    private static RecordShape ofRecord(Class<?> type) {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            List<Field> fields = new ArrayList<>();
            RecordComponent[] components = type.getRecordComponents();
            int minSize = 0;
            for (RecordComponent component : components) {
                Shape shape = of(component.getGenericType());
                fields.add(new Field(component.getName(), shape, lookup.unreflect(component.getAccessor())));
                minSize += shape.minSize();
            }
            Class<?>[] types =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            MethodHandle constructor = lookup.unreflectConstructor(type.getDeclaredConstructor(types))
                    .asSpreader(Object[].class, types.length);
            return new RecordShape(type, List.copyOf(fields), constructor, minSize);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("no wire shape for " + type.getName(), e);
        }
    }
}
