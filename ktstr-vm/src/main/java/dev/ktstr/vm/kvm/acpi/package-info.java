/** ACPI tables for a described machine, bytes included. Section numbers are those of the ACPI specification 6.5. */
@NullMarked
package dev.ktstr.vm.kvm.acpi;

import org.jspecify.annotations.NullMarked;
