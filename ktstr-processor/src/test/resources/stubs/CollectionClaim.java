package dev.ktstr.claim;

public class CollectionClaim<E> {}
