/** The vocabulary that compile time and run time share: topologies, kernel specs. Values only, no dependencies. */
package dev.ktstr.spec;
