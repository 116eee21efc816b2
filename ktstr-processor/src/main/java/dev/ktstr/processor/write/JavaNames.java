package dev.ktstr.processor.write;

import com.palantir.javapoet.ClassName;
import java.util.HashSet;
import java.util.Set;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;

/** Names of what is generated, as functions of the user's names. */
public final class JavaNames {
    private JavaNames() {}

    /** The JUnit class of a test class: {@code acme.Outer.Inner} has {@code acme.Outer_InnerKtstrIT}. */
    public static ClassName testClass(TypeElement type) {
        return beside(type, "KtstrIT");
    }

    /** The gauntlet of a test: {@code acme.MixedTest#mixed} has {@code acme.MixedTest_mixed_GauntletIT}. */
    public static ClassName gauntletClass(TypeElement type, String test) {
        return beside(type, "_" + test + "_GauntletIT");
    }

    /** The constants of a scheduler's flags: {@code acme.Mitosis} has {@code acme.MitosisFlags}. */
    public static ClassName flagsClass(TypeElement type) {
        return beside(type, "Flags");
    }

    /** The claims on a type: {@code acme.Latency} has {@code acme.LatencyClaims}. */
    public static ClassName claimsClass(TypeElement type) {
        return beside(type, "Claims");
    }

    private static ClassName beside(TypeElement type, String suffix) {
        ClassName name = ClassName.get(type);
        return ClassName.get(name.packageName(), String.join("_", name.simpleNames()) + suffix);
    }

    /** A preset as a class: {@code smt-2llc} is {@code Smt2llc}. */
    static String presetClass(String preset) {
        StringBuilder name = new StringBuilder();
        for (String part : preset.split("-", -1)) {
            name.append(Character.toUpperCase(part.charAt(0))).append(part, 1, part.length());
        }
        return name.toString();
    }

    /** Names of methods for profiles: {@code llc+reject-pin} is {@code llc_rejectPin}; no two are alike. */
    static final class ProfileMethods {
        private final Set<String> used = new HashSet<>();

        String name(String profile) {
            StringBuilder name = new StringBuilder();
            boolean upper = false;
            for (int i = 0; i < profile.length(); i++) {
                char c = profile.charAt(i);
                if (c == '-') {
                    upper = true;
                } else {
                    name.append(c == '+' ? '_' : upper ? Character.toUpperCase(c) : c);
                    upper = false;
                }
            }
            String base = name.toString();
            if (!SourceVersion.isIdentifier(base) || SourceVersion.isKeyword(base)) {
                base = base + "_";
            }
            String unique = base;
            for (int i = 2; !used.add(unique); i++) {
                unique = base + "_" + i;
            }
            return unique;
        }
    }
}
