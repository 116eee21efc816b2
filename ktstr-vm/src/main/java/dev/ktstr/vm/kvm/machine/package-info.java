/**
 * What the guest is told about its hardware, as values: memory ranges and nodes, APIC ids, addresses. CPUID, ACPI tables,
 * the memory map and the device tree are all written from these, so they cannot disagree. Knows nothing of KVM.
 */
@NullMarked
package dev.ktstr.vm.kvm.machine;

import org.jspecify.annotations.NullMarked;
