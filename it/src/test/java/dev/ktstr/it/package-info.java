/** Tests of the whole: the layers, and variants that boot virtual machines. */
package dev.ktstr.it;
