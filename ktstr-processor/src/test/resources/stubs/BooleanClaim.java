package dev.ktstr.claim;

public final class BooleanClaim {}
