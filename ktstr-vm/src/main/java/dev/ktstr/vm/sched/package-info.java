/** A running kernel's scheduler, sampled from outside: runqueues, sched_ext's counters, scheduling domains, the watchdog. */
@NullMarked
package dev.ktstr.vm.sched;

import org.jspecify.annotations.NullMarked;
