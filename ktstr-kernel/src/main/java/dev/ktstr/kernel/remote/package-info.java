/** A second kernel cache, shared by machines: a folder, or a server that takes PUT and GET. */
@NullMarked
package dev.ktstr.kernel.remote;

import org.jspecify.annotations.NullMarked;
