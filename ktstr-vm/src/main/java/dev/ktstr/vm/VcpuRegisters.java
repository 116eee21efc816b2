package dev.ktstr.vm;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a vCPU's registers hold.
 *
 * @param cpu number of the vCPU
 * @param values by name in lower case: {@code rax} to {@code r15}, {@code rip}, {@code rflags}, {@code cr0} to {@code cr4}, {@code
 *     efer}, {@code fs_base}, {@code gs_base}; unsigned; those that the backend tells
 */
public record VcpuRegisters(int cpu, Map<String, Long> values) {
    /** Copies the map, in its order. */
    public VcpuRegisters {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }
}
