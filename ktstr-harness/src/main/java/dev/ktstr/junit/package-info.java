/** What generated JUnit classes call. Needs only what JUnit 5 and JUnit 6 share. */
@NullMarked
package dev.ktstr.junit;

import org.jspecify.annotations.NullMarked;
