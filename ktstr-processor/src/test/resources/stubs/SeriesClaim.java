package dev.ktstr.claim;

public final class SeriesClaim<N extends Number> extends CollectionClaim<N> {}
