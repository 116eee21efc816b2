/**
 * What the CPUID instruction tells each guest CPU: the features that KVM supports here, with the asked-for topology and
 * caches written in. Pure functions over records.
 */
@NullMarked
package dev.ktstr.vm.kvm.cpuid;

import org.jspecify.annotations.NullMarked;
