package dev.ktstr;

public final class SchedulerDefinition {}
