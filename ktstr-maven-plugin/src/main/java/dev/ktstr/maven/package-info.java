/** The goals of the plugin: each reads its options, calls the modules below, and reports in the words of the POM. */
@NullMarked
package dev.ktstr.maven;

import org.jspecify.annotations.NullMarked;
