/** Where kernel sources come from: tarballs of kernel.org or a mirror, git repositories, trees on this machine. */
@NullMarked
package dev.ktstr.kernel.source;

import org.jspecify.annotations.NullMarked;
