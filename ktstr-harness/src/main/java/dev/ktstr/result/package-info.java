/** What a run leaves: its verdict, the text a person reads, the sidecar a program reads, and where they lie. */
@NullMarked
package dev.ktstr.result;

import org.jspecify.annotations.NullMarked;
