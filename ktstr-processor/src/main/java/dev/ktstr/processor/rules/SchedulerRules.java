package dev.ktstr.processor.rules;

import dev.ktstr.processor.model.Attribute;
import dev.ktstr.processor.model.SchedulerModel;
import dev.ktstr.processor.model.SchedulerModel.Setting;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A scheduler has a name of its own, one program, and leaves the harness's kernel arguments alone. */
final class SchedulerRules {
    private static final String KERNEL_SCHEDULER = "eevdf";

    private final Diagnostics out;
    private final Map<String, String> typeByName = new HashMap<>();

    SchedulerRules(Diagnostics out) {
        this.out = out;
    }

    void check(SchedulerModel s) {
        checkName(s);
        checkBinary(s);
        for (Attribute<String> karg : s.kargs()) {
            checkKarg(s, karg);
        }
        Set<String> keys = new HashSet<>();
        for (Setting sysctl : s.sysctls()) {
            checkSysctl(s, sysctl.key(), keys);
        }
    }

    private void checkName(SchedulerModel s) {
        Attribute<String> name = s.name();
        if (name.value().isBlank()) {
            out.add(
                    Codes.SCHEDULER_NAME_MISSING,
                    name.location(),
                    s.display() + (name.written() ? " has a blank name" : " has no name"),
                    "Reports and sidecars call the scheduler by it",
                    "write name = \"" + s.type().getSimpleName().toString().toLowerCase(Locale.ROOT) + "\"");
            return;
        }
        if (name.value().equals(KERNEL_SCHEDULER)) {
            out.add(
                    Codes.SCHEDULER_NAME_RESERVED,
                    name.location(),
                    s.display() + " is named " + KERNEL_SCHEDULER,
                    "That name stands for the kernel's own scheduler in every report",
                    "write another name, such as the program's");
            return;
        }
        String type = s.type().getQualifiedName().toString();
        String other = typeByName.putIfAbsent(name.value(), type);
        if (other != null && !other.equals(type)) {
            out.add(
                    Codes.SCHEDULER_NAME_TWICE,
                    name.location(),
                    s.display() + " has the name \"" + name.value() + "\" that " + other + " has too",
                    "Reports could not tell the two apart",
                    "give one of them another name");
        }
    }

    private void checkBinary(SchedulerModel s) {
        boolean binary = !s.binary().value().isBlank();
        boolean path = !s.binaryPath().value().isBlank();
        if (binary && path) {
            out.add(
                    Codes.BINARY_SOURCE,
                    s.binaryPath().location(),
                    s.display() + " has both binary = \"" + s.binary().value() + "\" and binaryPath = \""
                            + s.binaryPath().value() + "\"",
                    "It is not clear which of the two programs is the scheduler",
                    "drop one of them");
        } else if (!binary && !path) {
            Attribute<String> blank = s.binary().written() ? s.binary() : s.binaryPath();
            out.add(
                    Codes.BINARY_SOURCE,
                    blank.location(),
                    s.display() + " names no program",
                    "The harness does not know what to start",
                    "write binary = \"scx_name\" for one found by name, or binaryPath = \"path/to/it\"");
        }
    }

    private void checkKarg(SchedulerModel s, Attribute<String> karg) {
        for (String word : KernelArgs.words(karg.value())) {
            Optional<String> why = KernelArgs.reserved(word);
            if (why.isPresent()) {
                out.add(
                        Codes.KARG_RESERVED,
                        karg.location(),
                        "kargs of " + s.display() + " hold \"" + word + "\", which belongs to the harness",
                        "It cannot be changed: " + why.get(),
                        "drop it from kargs");
            }
        }
    }

    private void checkSysctl(SchedulerModel s, Attribute<String> key, Set<String> seen) {
        String problem = null;
        if (!key.value().matches("[A-Za-z0-9_*-]+([./][A-Za-z0-9_@:*-]+)+")) {
            problem = "\"" + key.value() + "\", which is no name of a kernel parameter";
        } else if (!seen.add(key.value())) {
            problem = "\"" + key.value() + "\" twice";
        }
        if (problem != null) {
            out.add(
                    Codes.SYSCTL_KEY,
                    key.location(),
                    "sysctls of " + s.display() + " hold " + problem,
                    "The guest could not be set up the way it is written",
                    "write each key once, with dots: kernel.sched_schedstats");
        }
    }
}
