package acme;

import dev.ktstr.Claims;
import dev.ktstr.claim.CollectionClaim;
import dev.ktstr.claim.ValueClaim;
import javax.annotation.processing.Generated;

/**
 * Claims on the values of {@code acme.Latency.Boxed}, each labelled by its name there.
 */
@Generated("dev.ktstr.processor.KtstrProcessor")
final class Latency_BoxedClaims {
    private final Claims claims;

    private final Latency.Boxed<?> values;

    private Latency_BoxedClaims(Claims claims, Latency.Boxed<?> values) {
        this.claims = claims;
        this.values = values;
    }

    /**
     * Claims of these values; the results go into {@code claims}.
     */
    public static Latency_BoxedClaims of(Claims claims, Latency.Boxed<?> values) {
        return new Latency_BoxedClaims(claims, values);
    }

    /**
     * Claims something of {@code value()}.
     */
    public ValueClaim<?> value() {
        return claims.claim(label("value"), values.value());
    }

    /**
     * Claims something of {@code maybe()}.
     */
    public ValueClaim<?> maybe() {
        return claims.claim(label("maybe"), values.maybe());
    }

    /**
     * Claims something of {@code all()}.
     */
    public CollectionClaim<?> all() {
        return claims.claim(label("all"), values.all());
    }

    /**
     * Claims something of {@code wild()}.
     */
    public CollectionClaim<?> wild() {
        return claims.claim(label("wild"), values.wild());
    }

    private String label(String value) {
        return value;
    }
}
