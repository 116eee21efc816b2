package dev.ktstr;

public final class AssertResult {}
