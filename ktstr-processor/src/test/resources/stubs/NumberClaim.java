package dev.ktstr.claim;

public final class NumberClaim {}
