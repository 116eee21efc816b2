/*
 * The micro-guest of the contract tests: entered by the PVH boot protocol in 32-bit protected mode, paging off, flat
 * segments, interrupts off (Xen's docs/misc/pvh.pandoc). It counts, and obeys single bytes on COM2.
 *
 * Shared window at 128 MiB: +0 u64 counter, low word alone is counted; +0x20 u32 mailbox, +0x24 u32 answer (mail + 1).
 * Commands: d ring the doorbell; p power off; t triple fault; x print a panic, then triple fault; h halt for good.
 * Any other byte comes back incremented.
 */
        .section .note.Xen, "a", @note
        .align  4
        .long   4, 8, 18                /* name size, value size, XEN_ELFNOTE_PHYS32_ENTRY */
        .asciz  "Xen"
        .quad   start

        .set    COM1, 0x3f8
        .set    COM2, 0x2f8
        .set    SHM, 128 << 20
        .set    PM1A_CNT, 0x604         /* PIIX4, base 0x600 as the firmware sets it */
        .set    SLP_EN, 0x2000          /* with SLP_TYP 0, which is S5 on QEMU's pc */

        .text
        .code32
        .globl  start
start:
        movl    $stack, %esp
        movl    $hello, %esi
        call    print
        movb    $'R', %al
        call    send
loop:
        incl    SHM
        cmpl    $0, SHM + 0x20
        je      1f
        movl    SHM + 0x20, %eax
        incl    %eax
        movl    $0, SHM + 0x20
        movl    %eax, SHM + 0x24
1:      movw    $COM2 + 5, %dx          /* line status */
        inb     %dx, %al
        testb   $1, %al
        jz      loop
        movw    $COM2, %dx
        inb     %dx, %al
        cmpb    $'d', %al
        je      ring
        cmpb    $'p', %al
        je      poweroff
        cmpb    $'t', %al
        je      fault
        cmpb    $'x', %al
        je      panic
        cmpb    $'h', %al
        je      halt
        incb    %al
        call    send
        jmp     loop
ring:
        outb    %al, $0xe9
        jmp     loop
poweroff:
        movw    $PM1A_CNT, %dx
        movw    $SLP_EN, %ax
        outw    %ax, %dx
halt:
        cli
        hlt
        jmp     halt
panic:
        movl    $last_words, %esi
        call    print
fault:
        lidt    no_idt
        int3
/* al to COM2, when it has room */
send:
        movb    %al, %bl
        movw    $COM2 + 5, %dx
2:      inb     %dx, %al
        testb   $0x20, %al
        jz      2b
        movb    %bl, %al
        movw    $COM2, %dx
        outb    %al, %dx
        ret
/* the string at esi to COM1 */
print:
        movw    $COM1, %dx
3:      lodsb
        testb   %al, %al
        jz      4f
        outb    %al, %dx
        jmp     3b
4:      ret

        .section .rodata
hello:  .asciz  "micro-guest\n"
last_words:
        .asciz  "[    0.000000] Kernel panic - not syncing: asked for\n"
no_idt: .word   0
        .long   0

        .bss
        .align  16
        .skip   4096
stack:
        .section .note.GNU-stack, "", @progbits
