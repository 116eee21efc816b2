/** Templates: saved guests in files, a cache of them under budgets, and the rules by which one may be used. */
@NullMarked
package dev.ktstr.vm.template;

import org.jspecify.annotations.NullMarked;
