package dev.ktstr;

public final class VmResult {}
