/**
 * What was read from a guest that stood still: captures of BPF state by name, series of them, and the patterns that a series must
 * show. Reading happens while the guest runs; everything here is values, and lives on after the guest.
 */
@NullMarked
package dev.ktstr.snapshot;

import org.jspecify.annotations.NullMarked;
