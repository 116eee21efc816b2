package dev.ktstr.claim;

public final class ValueClaim<T> {}
