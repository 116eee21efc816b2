package dev.ktstr.kernel.build;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Judges a dependency of Kconfig by a finished configuration, and names the parts that do not hold.
 *
 * <p>{@code m} counts as set. A part that cannot be judged (a macro call, text past what is understood) is neither true nor
 * false: it never appears as a reason.
 */
final class KconfigExpression {
    private static final Pattern TOKEN = Pattern.compile(
            "\\s*(\\$\\((?:[^()]|\\([^()]*\\))*\\)|&&|\\|\\||!=|<=|>=|=|<|>|!|\\(|\\)|\"[^\"]*\"|'[^']*'|[A-Za-z0-9_.-]+)");
    private static final Pattern OPERAND = Pattern.compile("[A-Za-z0-9_.\"'-].*");
    private static final int MAX_DEPTH = 64;

    private final List<String> tokens;
    private final Map<String, String> config;
    private int at;
    private int depth;

    /**
     * A value with its reasons.
     *
     * @param holds null when not known
     * @param reasons when it does not hold: the parts that keep it from doing so
     */
    private record Judged(@Nullable Boolean holds, List<String> reasons) {
        static Judged unknown() {
            return new Judged(null, List.of());
        }
    }

    private KconfigExpression(List<String> tokens, Map<String, String> config) {
        this.tokens = tokens;
        this.config = config;
    }

    /** The parts of an expression that do not hold, each a phrase; none when it holds or cannot be judged. */
    static List<String> failing(String expression, Map<String, String> config) {
        List<String> tokens = new ArrayList<>();
        Matcher m = TOKEN.matcher(expression);
        int end = 0;
        while (m.find() && m.start() == end) {
            tokens.add(m.group(1));
            end = m.end();
        }
        if (!expression.substring(end).isBlank()) {
            return List.of();
        }
        KconfigExpression e = new KconfigExpression(tokens, config);
        Judged judged = e.or();
        boolean whole = e.at == tokens.size();
        return whole && Boolean.FALSE.equals(judged.holds) ? judged.reasons : List.of();
    }

    private Judged or() {
        Judged left = and();
        while (accept("||")) {
            Judged right = and();
            if (Boolean.TRUE.equals(left.holds) || Boolean.TRUE.equals(right.holds)) {
                left = new Judged(true, List.of());
            } else if (left.holds == null || right.holds == null) {
                left = Judged.unknown();
            } else {
                left = new Judged(
                        false,
                        List.of(String.join(" and ", left.reasons) + ", or " + String.join(" and ", right.reasons)));
            }
        }
        return left;
    }

    private Judged and() {
        Judged left = not();
        while (accept("&&")) {
            Judged right = not();
            if (Boolean.FALSE.equals(left.holds) || Boolean.FALSE.equals(right.holds)) {
                List<String> reasons = new ArrayList<>(left.reasons);
                reasons.addAll(right.reasons);
                left = new Judged(false, reasons);
            } else if (left.holds == null || right.holds == null) {
                left = Judged.unknown();
            }
        }
        return left;
    }

    private Judged not() {
        if (++depth > MAX_DEPTH) {
            at = tokens.size() + 1;
            return Judged.unknown();
        }
        try {
            if (accept("!")) {
                int start = at;
                Judged inner = not();
                if (inner.holds == null) {
                    return inner;
                }
                String text = String.join(" ", tokens.subList(start, Math.min(at, tokens.size())));
                return inner.holds
                        ? new Judged(false, List.of(text + " (is set, and must not be)"))
                        : new Judged(true, List.of());
            }
            if (accept("(")) {
                Judged inner = or();
                return accept(")") ? inner : Judged.unknown();
            }
            return comparison();
        } finally {
            depth--;
        }
    }

    private Judged comparison() {
        if (at >= tokens.size()) {
            at = tokens.size() + 1;
            return Judged.unknown();
        }
        String left = tokens.get(at++);
        if (at < tokens.size() && List.of("=", "!=", "<", ">", "<=", ">=").contains(tokens.get(at))) {
            String operator = tokens.get(at++);
            String right = at < tokens.size() ? tokens.get(at) : "";
            at++;
            return compare(left, operator, right);
        }
        if (left.startsWith("$") || !OPERAND.matcher(left).matches()) {
            return Judged.unknown();
        }
        String value = value(left);
        boolean set = value.equals("y") || value.equals("m");
        return set ? new Judged(true, List.of()) : new Judged(false, List.of(left + " (is not set)"));
    }

    private Judged compare(String left, String operator, String right) {
        if (left.startsWith("$") || right.startsWith("$")) {
            return Judged.unknown();
        }
        String a = value(left);
        String b = value(right);
        Integer order = order(a, b);
        if (order == null) {
            return Judged.unknown();
        }
        boolean holds = switch (operator) {
            case "=" -> order == 0;
            case "!=" -> order != 0;
            case "<" -> order < 0;
            case ">" -> order > 0;
            case "<=" -> order <= 0;
            default -> order >= 0;
        };
        return holds
                ? new Judged(true, List.of())
                : new Judged(false, List.of(left + " " + operator + " " + right + " (is " + a + ")"));
    }

    private static @Nullable Integer order(String a, String b) {
        if (a.matches("\\d{1,18}") && b.matches("\\d{1,18}")) {
            return Long.compare(Long.parseLong(a), Long.parseLong(b));
        }
        return a.equals(b) ? Integer.valueOf(0) : Integer.valueOf(a.compareTo(b));
    }

    /** A symbol's value, or the constant itself: y, m, n, a number, a quoted text. */
    private String value(String token) {
        if (token.startsWith("\"") || token.startsWith("'")) {
            return token.substring(1, token.length() - 1);
        }
        if (token.equals("y") || token.equals("m") || token.equals("n") || token.matches("-?\\d+|0x[0-9a-fA-F]+")) {
            return token;
        }
        String set = config.getOrDefault(token, "n");
        return set.startsWith("\"") ? set.substring(1, set.length() - 1) : set;
    }

    private boolean accept(String token) {
        if (at < tokens.size() && tokens.get(at).equals(token)) {
            at++;
            return true;
        }
        return false;
    }
}
