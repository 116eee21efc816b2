/** Which of a project's variants a run takes: by tag, by budget, by shard, and what each is expected to cost. Pure. */
@NullMarked
package dev.ktstr.select;

import org.jspecify.annotations.NullMarked;
