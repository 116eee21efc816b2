package dev.ktstr;

public interface Ctx {}
