package dev.ktstr.vm.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.vm.kernel.KernelStructs;
import org.junit.jupiter.api.Test;

/** Names of a kernel that never ran, and of the variables of a program in it. */
class WatchTargetTest {
    private final SyntheticGlobals kernel = new SyntheticGlobals();

    private WatchTarget find(String name) {
        KernelStructs structs = kernel.structs;
        BpfReader reader = new BpfReader(structs);
        BpfValues values = new BpfValues(structs, reader);
        return WatchTarget.find(structs, new BpfGlobals(reader, values), values, name);
    }

    private void refused(String name, String... words) {
        assertThatThrownBy(() -> find(name)).isInstanceOf(BpfException.class).hasMessageContainingAll(words);
    }

    @Test
    void aVariableIsWatchedWhereProgramsWriteItWithTheSizeOfItsType() {
        long value = SyntheticGlobals.DIRECT + SyntheticGlobals.MAP + SyntheticGlobals.VALUE;
        assertThat(find("hits")).isEqualTo(new WatchTarget("hits", "prog.bss/hits", value, 8));
        assertThat(find("prog.bss/crash")).isEqualTo(new WatchTarget("prog.bss/crash", "prog.bss/crash", value + 8, 4));
        assertThat(find("pair.high")).isEqualTo(new WatchTarget("pair.high", "prog.bss/pair.high", value + 16, 4));
    }

    @Test
    void aSymbolIsWatchedUpToTheNextOneAndItsAlignment() {
        assertThat(find("counter")).isEqualTo(new WatchTarget("counter", "vmlinux/counter", address("counter"), 8));
        assertThat(find("vmlinux/small").length()).isEqualTo(4);
        assertThat(find("odd").length()).isEqualTo(1);
        assertThat(find("of_each@1"))
                .isEqualTo(new WatchTarget("of_each@1", "vmlinux/of_each@1", address("of_each") + 0x100000, 8));
    }

    private long address(String symbol) {
        return kernel.structs.memory().symbol(symbol);
    }

    @Test
    void whatNoWatchpointCoversIsRefusedWithWhatWouldDo() {
        refused("pair", "prog.bss/pair lies unaligned, 8 bytes at");
        refused("table", "prog.bss/table has 12 bytes", "one of its 3 elements");
        refused("slice", "prog.rodata/slice is a constant");
        refused("pair.low.x", "cannot be watched");
        refused("of_each", "each CPU has of its own", "'of_each@0' to 'of_each@1'");
        refused("of_each@7", "cannot be watched", "CPU 7");
        refused("counter@0", "one variable for all CPUs");
        refused("code", "'code' is code of the kernel");
    }

    @Test
    void aNameThatIsNotThereNamesThoseThatAre() {
        refused("hit", "no BPF variable 'hit'", "did you mean 'hits'?", "no symbol 'hit'");
        refused("countr", "no symbol 'countr'", "did you mean 'counter'?");
    }

    @Test
    void aNameThatTwoHaveAsksWhichOne() {
        refused("both", "'both' is a BPF variable and a symbol", "'prog.bss/both' or 'vmlinux/both'");
        assertThat(find("vmlinux/both").address()).isEqualTo(address("both"));
        assertThat(find("prog.bss/both").length()).isEqualTo(4);
        refused("twin", "2 BPF variables are named 'twin': [prog.bss/twin, prog.rodata/twin]", "write map and name");
        assertThat(find("prog.bss/twin").place()).isEqualTo("prog.bss/twin");
    }
}
