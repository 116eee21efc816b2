package dev.ktstr.vm.kvm.boot;

/**
 * What the first CPU's registers hold when it enters the kernel. Registers that are not named are 0; all segments are
 * present, with privilege level 0.
 *
 * @param rip first instruction
 * @param rsp stack pointer
 * @param rflags 2: interrupts off
 * @param rbx PVH: address of {@code hvm_start_info}
 * @param rsi 64-bit boot protocol: address of {@code boot_params}
 * @param cr0 control register 0
 * @param cr3 address of the page tables, or 0 without paging
 * @param cr4 control register 4
 * @param efer extended features
 * @param code CS
 * @param data DS, ES, FS, GS, SS
 * @param task TR
 * @param gdtBase address of the GDT
 * @param gdtLimit last byte of the GDT
 */
public record InitialRegisters(
        long rip,
        long rsp,
        long rflags,
        long rbx,
        long rsi,
        long cr0,
        long cr3,
        long cr4,
        long efer,
        Segment code,
        Segment data,
        Segment task,
        long gdtBase,
        int gdtLimit) {}
