package acme;

import dev.ktstr.Claims;
import dev.ktstr.claim.BooleanClaim;
import dev.ktstr.claim.CollectionClaim;
import dev.ktstr.claim.NumberClaim;
import dev.ktstr.claim.SeriesClaim;
import dev.ktstr.claim.ValueClaim;
import java.util.Map;
import javax.annotation.processing.Generated;

/**
 * Claims on the values of {@code acme.Latency}, each labelled by its name there.
 */
@Generated("dev.ktstr.processor.KtstrProcessor")
@SuppressWarnings({"deprecation", "removal"})
public final class LatencyClaims {
    private final Claims claims;

    private final Latency values;

    private LatencyClaims(Claims claims, Latency values) {
        this.claims = claims;
        this.values = values;
    }

    /**
     * Claims of these values; the results go into {@code claims}.
     */
    public static LatencyClaims of(Claims claims, Latency values) {
        return new LatencyClaims(claims, values);
    }

    /**
     * Claims something of {@code tail()}.
     */
    public NumberClaim tail() {
        return claims.claim(label("tail"), values.tail());
    }

    /**
     * Claims something of {@code old()}.
     */
    public NumberClaim old() {
        return claims.claim(label("old"), values.old());
    }

    /**
     * Claims something of {@code queue()}.
     */
    public ValueClaim<String> queue() {
        return claims.claim(label("queue"), values.queue());
    }

    /**
     * Claims something of {@code p99Us()}.
     */
    public NumberClaim p99Us() {
        return claims.claim(label("p99Us"), values.p99Us());
    }

    /**
     * Claims something of {@code depth()}.
     */
    public NumberClaim depth() {
        return claims.claim(label("depth"), values.depth());
    }

    /**
     * Claims something of {@code steady()}.
     */
    public BooleanClaim steady() {
        return claims.claim(label("steady"), values.steady());
    }

    /**
     * Claims something of {@code cv()}.
     */
    public NumberClaim cv() {
        return claims.claim(label("cv"), values.cv());
    }

    /**
     * Claims something of {@code owner()}.
     */
    public ValueClaim<String> owner() {
        return claims.claim(label("owner"), values.owner());
    }

    /**
     * Claims something of {@code cpus()}.
     */
    public SeriesClaim<Integer> cpus() {
        return claims.claim(label("cpus"), values.cpus());
    }

    /**
     * Claims something of {@code notes()}.
     */
    public CollectionClaim<String> notes() {
        return claims.claim(label("notes"), values.notes());
    }

    /**
     * Claims something of {@code nodes()}.
     */
    public CollectionClaim<Integer> nodes() {
        return claims.claim(label("nodes"), values.nodes());
    }

    /**
     * Claims something of {@code counters()}.
     */
    public ValueClaim<Map<String, Long>> counters() {
        return claims.claim(label("counters"), values.counters());
    }

    /**
     * Claims something of {@code kind()}.
     */
    public ValueClaim<Character> kind() {
        return claims.claim(label("kind"), values.kind());
    }

    private String label(String value) {
        return value + " (queue=" + values.queue() + ")";
    }
}
