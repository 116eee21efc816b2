/** Judges what workers reported: thresholds merged in order, and one pure function per check. No virtual machine here. */
@NullMarked
package dev.ktstr.checks;

import org.jspecify.annotations.NullMarked;
