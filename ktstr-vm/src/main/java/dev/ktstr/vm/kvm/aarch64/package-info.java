/**
 * The pure half of an aarch64 machine: its device tree, and how a kernel is entered. <b>Experimental</b>: tested down to the
 * bytes and by {@code dtc}, but nobody has run a guest with it yet.
 */
@NullMarked
package dev.ktstr.vm.kvm.aarch64;

import org.jspecify.annotations.NullMarked;
