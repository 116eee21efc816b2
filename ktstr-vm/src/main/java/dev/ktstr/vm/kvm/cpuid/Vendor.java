package dev.ktstr.vm.kvm.cpuid;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The two ways to describe a topology by CPUID. */
enum Vendor {
    /** Intel, and those who follow its manuals (Zhaoxin, Centaur): leaves 4 and 0x1F. */
    INTEL,
    /** AMD: leaves 0x80000008, 0x8000001D and 0x8000001E. */
    AMD,
    /** Hygon: AMD's way, under another name. */
    HYGON;

    /** EBX, EDX and ECX of leaf 0 for {@code AuthenticAMD}. */
    static final int AMD_EBX = 0x68747541;

    static final int AMD_EDX = 0x69746e65;
    static final int AMD_ECX = 0x444d4163;

    /** Reads the name in leaf 0. */
    static Vendor of(CpuidEntry leaf0) {
        byte[] name = ByteBuffer.allocate(12)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(leaf0.ebx())
                .putInt(leaf0.edx())
                .putInt(leaf0.ecx())
                .array();
        return switch (new String(name, StandardCharsets.ISO_8859_1)) {
            case "AuthenticAMD" -> AMD;
            case "HygonGenuine" -> HYGON;
            default -> INTEL;
        };
    }

    /** Whether topology and caches are told AMD's way. */
    boolean amdLike() {
        return this != INTEL;
    }
}
