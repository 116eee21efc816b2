/** What this host's KVM can do. */
@NullMarked
package dev.ktstr.vm.kvm;

import org.jspecify.annotations.NullMarked;
