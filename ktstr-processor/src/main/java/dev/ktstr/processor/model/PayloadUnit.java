package dev.ktstr.processor.model;

import dev.ktstr.rules.PayloadModel;
import javax.lang.model.element.TypeElement;

/** A payload, as the compiler has it and as it was read. */
public record PayloadUnit(TypeElement type, PayloadModel model) {}
