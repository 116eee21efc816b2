/** Watches a guest's runqueues while a test runs, and judges what it saw. Reads memory from outside; the guest does not notice. */
@NullMarked
package dev.ktstr.monitor;

import org.jspecify.annotations.NullMarked;
