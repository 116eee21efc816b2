package dev.ktstr.junit;

public final class KtstrVariant {}
