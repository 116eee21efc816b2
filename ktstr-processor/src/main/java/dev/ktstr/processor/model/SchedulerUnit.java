package dev.ktstr.processor.model;

import dev.ktstr.rules.SchedulerModel;
import javax.lang.model.element.TypeElement;

/** A scheduler, as the compiler has it and as it was read. */
public record SchedulerUnit(TypeElement type, SchedulerModel model) {}
