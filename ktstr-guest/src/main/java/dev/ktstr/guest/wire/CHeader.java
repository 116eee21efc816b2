package dev.ktstr.guest.wire;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Writes the wire format as a C header: constants, structs, and a get and a put function for each struct. */
public final class CHeader {
    private final StringBuilder out = new StringBuilder();

    private CHeader() {}

    /** Writes the header to the file named by the argument, unless it is there already with the same content. */
    public static void main(String[] args) throws IOException {
        Path target = Path.of(args[0]);
        String text = text();
        if (Files.exists(target) && Files.readString(target).equals(text)) {
            return; // an untouched file keeps make from compiling again
        }
        Files.createDirectories(target.toAbsolutePath().getParent());
        Files.writeString(target, text);
    }

    /** The header's text; the same for the same format. */
    static String text() {
        return new CHeader().write();
    }

    private String write() {
        line("/* Generated from the records of dev.ktstr.guest.wire; do not edit. */");
        line("#ifndef KTSTR_WIRE_H");
        line("#define KTSTR_WIRE_H");
        line("#include \"codec.h\"");
        line("#define KT_PROTOCOL_HASH " + hex(Wire.PROTOCOL_HASH));
        Layout.constants().forEach((name, value) -> line("#define " + name + " " + hex(value)));
        for (Shape shape : Schema.types().values()) {
            if (shape instanceof Shape.EnumShape enumeration) {
                enumeration(enumeration);
            } else if (shape instanceof Shape.RecordShape structure) {
                structure(structure);
            }
        }
        line("#endif");
        return out.toString();
    }

    private void enumeration(Shape.EnumShape shape) {
        String prefix = "KT_" + snake(shape.type().getSimpleName()).toUpperCase(Locale.ROOT) + "_";
        line("");
        line("enum kt_" + snake(shape.type().getSimpleName()) + " {");
        shape.byCode().forEach((code, constant) -> line("\t" + prefix + constant + " = " + code + ","));
        line("};");
    }

    private void structure(Shape.RecordShape shape) {
        String name = "kt_" + snake(shape.type().getSimpleName());
        line("");
        line("struct " + name + " {");
        shape.fields().forEach(field -> line("\t" + declaration(field)));
        line("};");
        line("KT_LIST(" + name + ");");
        line("static inline bool kt_get_" + plain(name) + "(struct kt_reader *r, struct " + name + " *v)");
        line("{");
        for (Shape.Field field : shape.fields()) {
            get(field);
        }
        line("\treturn true;");
        line("}");
        line("static inline void kt_put_" + plain(name) + "(struct kt_writer *w, const struct " + name + " *v)");
        line("{");
        for (Shape.Field field : shape.fields()) {
            put(field);
        }
        line("}");
    }

    private static String declaration(Shape.Field field) {
        String name = snake(field.name()) + ";";
        if (field.shape() instanceof Shape.ListShape list) {
            return "struct kt_" + function(list.element()) + "_list " + name;
        } else if (field.shape() instanceof Shape.RecordShape) {
            return "struct kt_" + function(field.shape()) + " " + name;
        } else if (field.shape() instanceof Shape.EnumShape) {
            return "int32_t " + name;
        }
        return switch ((Shape.Basic) field.shape()) {
            case I32 -> "int32_t " + name;
            case I64 -> "int64_t " + name;
            case BOOL -> "bool " + name;
            case TEXT -> "const char *" + name;
            case BYTES -> "struct kt_bytes " + name;
        };
    }

    private void get(Shape.Field field) {
        String at = "v->" + snake(field.name());
        if (field.shape() instanceof Shape.ListShape list) {
            line("\tKT_GET_LIST(r, " + at + ", kt_get_" + function(list.element()) + ", "
                    + list.element().minSize() + ");");
        } else {
            line("\tif (!kt_get_" + function(field.shape()) + "(r, &" + at + "))");
            line("\t\treturn false;");
        }
        if (field.shape() instanceof Shape.EnumShape enumeration) {
            StringBuilder known = new StringBuilder();
            enumeration
                    .byCode()
                    .keySet()
                    .forEach(code -> known.append(known.isEmpty() ? "" : " && ")
                            .append(at)
                            .append(" != ")
                            .append(code));
            line("\tif (" + known + ")");
            line("\t\treturn false;");
        }
    }

    private void put(Shape.Field field) {
        String at = "v->" + snake(field.name());
        if (field.shape() instanceof Shape.ListShape list) {
            line("\tKT_PUT_LIST(w, " + at + ", kt_put_" + function(list.element()) + ");");
        } else {
            line("\tkt_put_" + function(field.shape()) + "(w, &" + at + ");");
        }
    }

    /** What the C functions and list types for a shape are called. */
    private static String function(Shape shape) {
        if (shape instanceof Shape.RecordShape structure) {
            return snake(structure.type().getSimpleName());
        } else if (shape instanceof Shape.EnumShape) {
            return "i32";
        } else if (shape instanceof Shape.Basic basic) {
            return basic.name().toLowerCase(Locale.ROOT);
        }
        throw new IllegalArgumentException("lists of lists are not in the wire format");
    }

    private static String plain(String name) {
        return name.substring("kt_".length());
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value) + "ull";
    }

    static String snake(String camel) {
        return camel.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    }

    private void line(String text) {
        out.append(text).append('\n');
    }
}
