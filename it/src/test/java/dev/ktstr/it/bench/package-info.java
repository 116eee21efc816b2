/** Benchmarks: print figures side by side with a rival in the same run. Never a test. */
package dev.ktstr.it.bench;
