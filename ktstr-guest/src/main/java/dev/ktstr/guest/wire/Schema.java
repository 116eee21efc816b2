package dev.ktstr.guest.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All shapes of the wire format, as one text; its hash is what host and agent compare. */
final class Schema {
    /** Every record that is the payload of a frame; what they hold follows from them. */
    static final List<Class<?>> MESSAGES = List.of(
            Hello.class,
            Failure.class,
            SchedulerExit.class,
            StepDone.class,
            FileBegin.class,
            StartScheduler.class,
            StartOutcome.class,
            StopScheduler.class,
            ScenarioPlan.class,
            ScenarioDone.class,
            ExecRequest.class,
            ExecOutcome.class,
            ReadFile.class,
            WriteFile.class,
            Wake.class,
            WorkersDone.class,
            StimulusEvent.class,
            PayloadDone.class,
            HostRequest.class,
            HostDone.class,
            OpPlan.class,
            OpDone.class,
            LiveSpawn.class,
            LiveSpawned.class,
            LiveWorkers.class,
            Iterations.class);

    private Schema() {}

    /** All records and enums, what is held before what holds it. */
    static Map<Class<?>, Shape> types() {
        Map<Class<?>, Shape> types = new LinkedHashMap<>();
        add(Shape.of(MessageType.class), types);
        MESSAGES.forEach(message -> add(Shape.of(message), types));
        return types;
    }

    private static void add(Shape shape, Map<Class<?>, Shape> types) {
        if (shape instanceof Shape.ListShape list) {
            add(list.element(), types);
        } else if (shape instanceof Shape.EnumShape enumeration) {
            types.putIfAbsent(enumeration.type(), enumeration);
        } else if (shape instanceof Shape.RecordShape structure) {
            structure.fields().forEach(field -> add(field.shape(), types));
            types.putIfAbsent(structure.type(), structure);
        }
    }

    /** The text that is hashed: names, types, order and codes of everything, and the layout of frames and window. */
    static String text() {
        StringBuilder text = new StringBuilder();
        types().forEach((type, shape) -> {
            text.append(type.getSimpleName()).append('{');
            if (shape instanceof Shape.EnumShape enumeration) {
                enumeration
                        .byCode()
                        .forEach((code, constant) ->
                                text.append(constant).append('=').append(code).append(';'));
            } else if (shape instanceof Shape.RecordShape structure) {
                structure
                        .fields()
                        .forEach(field -> text.append(field.name())
                                .append(':')
                                .append(name(field.shape()))
                                .append(';'));
            }
            text.append("}\n");
        });
        Layout.constants()
                .forEach((name, value) ->
                        text.append(name).append('=').append(value).append('\n'));
        return text.toString();
    }

    private static String name(Shape shape) {
        if (shape instanceof Shape.ListShape list) {
            return name(list.element()) + "[]";
        } else if (shape instanceof Shape.EnumShape enumeration) {
            return enumeration.type().getSimpleName();
        } else if (shape instanceof Shape.RecordShape structure) {
            return structure.type().getSimpleName();
        }
        return shape.toString();
    }

    /** The first eight bytes of the text's SHA-256. */
    static long hash() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text().getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
