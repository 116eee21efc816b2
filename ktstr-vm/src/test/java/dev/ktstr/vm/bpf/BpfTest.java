package dev.ktstr.vm.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** Maps in a memory that lies, changes, or is in order. */
class BpfTest {
    private final SyntheticBpf kernel = new SyntheticBpf();
    private final BpfReader reader = new BpfReader(kernel.structs);
    private final BpfValues values = new BpfValues(kernel.structs, reader);

    private static long number(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        return bytes.length == 4 ? buffer.getInt() : buffer.getLong();
    }

    @Test
    void aHashMapGivesItsEntries() {
        BpfMap map = reader.map("table");
        assertThat(map.header()).isEqualTo("map table (type=hash, value_size=8, max_entries=3)");
        assertThat(values.entries(map))
                .extracting(e -> number(e.key()), e -> number(e.values().get(0)))
                .containsExactly(tuple(11L, 1100L), tuple(22L, 2200L));
        assertThatThrownBy(() -> values.entries(map).get(0).value()).hasMessageContaining("no BTF");
        assertThatThrownBy(() -> values.entry(map, 0)).hasMessageContaining("no array");
        assertThatThrownBy(() -> reader.map("tabel"))
                .hasMessageContaining("did you mean 'table'")
                .isInstanceOf(BpfException.class);
    }

    @Test
    void aMapWithoutItsIdIsNotTheMapAnyMore() {
        BpfMap map = reader.map("table");
        kernel.ram.putLongRelease(SyntheticBpf.NODE + SyntheticBpf.SLOTS + 8 * 7, 0);
        assertThatThrownBy(() -> values.entries(map))
                .isInstanceOf(BpfException.class)
                .hasMessageContaining("freed");
        assertThat(reader.maps()).isEmpty();
        assertThatThrownBy(() -> reader.map("table")).hasMessageContaining("there are none");
    }

    @Test
    void aMapWhoseMemoryHasAnotherUserIsNoticed() {
        kernel.ram.putIntRelease(SyntheticBpf.MAP, 9);
        assertThatThrownBy(reader::maps).isInstanceOf(BpfException.class).hasMessageContaining("map 7 went away");
    }

    @Test
    void aListThatLeadsIntoAnotherBucketOrInACircleIsRefused() {
        BpfMap map = reader.map("table");
        kernel.element(1, 3, 22, 2200);
        assertThatThrownBy(() -> values.entries(map)).hasMessageContaining("bucket 0 did not stand still");
        kernel.element(1, SyntheticBpf.DIRECT + SyntheticBpf.ELEMENTS, 22, 2200);
        assertThatThrownBy(() -> values.entries(map)).hasMessageContaining("bucket 0 did not stand still");
        kernel.element(1, 0x4141414141414140L, 22, 2200);
        assertThatThrownBy(() -> values.entries(map)).isInstanceOf(BpfException.class);
    }

    @Test
    void anIdrThatIsACircleOrGarbageIsRefused() {
        kernel.ram.putLongRelease(SyntheticBpf.NODE, 6);
        kernel.ram.putLongRelease(SyntheticBpf.NODE + SyntheticBpf.SLOTS, SyntheticBpf.DIRECT + SyntheticBpf.NODE + 2);
        assertThatThrownBy(reader::maps).isInstanceOf(BpfException.class).hasMessageContaining("shift");
        kernel.ram.putLongRelease(SyntheticBpf.PHYSICAL + SyntheticBpf.IDR, 0x4141414141414142L);
        assertThatThrownBy(reader::maps).isInstanceOf(BpfException.class);
    }

    @Test
    void claimsOfSizeAreBounded() {
        kernel.ram.putIntRelease(SyntheticBpf.MAP + 12, -1);
        BpfMap huge = reader.map("table");
        assertThatThrownBy(() -> values.entries(huge)).isInstanceOf(BpfException.class);
        kernel.ram.putIntRelease(SyntheticBpf.MAP + 12, 8);
        kernel.ram.putIntRelease(SyntheticBpf.MAP + 72, -1);
        BpfMap buckets = reader.map("table");
        assertThatThrownBy(() -> values.entries(buckets)).hasMessageContaining("buckets");
    }

    @Test
    void aSchedulerThatLoadsNoMapsHasNoVariablesAndSaysSo() {
        kernel.empty();
        BpfGlobals globals = new BpfGlobals(reader, values);
        assertThat(reader.maps()).isEmpty();
        assertThat(globals.variables()).isEmpty();
        assertThatThrownBy(() -> globals.read("nr_dispatched"))
                .isInstanceOf(BpfException.class)
                .hasMessage("no BPF variable 'nr_dispatched'; no loaded program has variables");
        assertThatThrownBy(() -> globals.write("crash", 1)).hasMessageContaining("no loaded program has variables");
    }

    @Test
    void aNameThatTwoHaveIsNotGuessed() {
        kernel.globals();
        BpfGlobals globals = new BpfGlobals(reader, values);
        assertThatThrownBy(() -> reader.map("table"))
                .isInstanceOf(BpfException.class)
                .hasMessage("2 BPF maps are named 'table', with the ids [7, 9]; choose by id");
        assertThatThrownBy(() -> globals.read("twin"))
                .isInstanceOf(BpfException.class)
                .hasMessageContaining("2 BPF variables are named 'twin'")
                .hasMessageContaining("write map and name");
        assertThat(globals.variables().stream().map(v -> globals.read(v).asLong()))
                .containsExactly(5L, 6L);
    }

    @Test
    void aListThatNeverStandsStillIsGivenUp() {
        BpfMap map = reader.map("table");
        long[] next = {SyntheticBpf.DIRECT + SyntheticBpf.ELEMENTS, SyntheticBpf.DIRECT + SyntheticBpf.ELEMENTS + 64};
        int[] turn = {1};
        kernel.seen.after(
                SyntheticBpf.BUCKETS, () -> kernel.ram.putLongRelease(SyntheticBpf.BUCKETS, next[turn[0]++ % 2]));
        assertThatThrownBy(() -> values.entries(map))
                .isInstanceOf(BpfException.class)
                .hasMessageContaining("did not stand still")
                .hasMessageContaining("freeze the guest");
        assertThat(kernel.seen.looks()).isLessThan(100);
    }

    @Test
    void mapsThatComeAndGoAtEveryLookAreGivenUp() {
        long slot = SyntheticBpf.NODE + SyntheticBpf.SLOTS + 8 * 9;
        kernel.globals();
        long there = SyntheticBpf.DIRECT + SyntheticBpf.OTHER;
        kernel.seen.after(slot, () -> kernel.ram.putLongRelease(slot, kernel.ram.getLongAcquire(slot) ^ there));
        assertThatThrownBy(reader::maps)
                .isInstanceOf(BpfException.class)
                .hasMessageContaining("could not be read in 8 attempts: entries came and went");
        assertThat(kernel.seen.looks()).isLessThan(100);
    }

    @Test
    void aValueThatChangesAllTheTimeIsOneThatItHad() {
        kernel.globals();
        BpfGlobals globals = new BpfGlobals(reader, values);
        long at = SyntheticBpf.MAP + SyntheticBpf.VALUE;
        kernel.seen.after(at, () -> kernel.ram.putLongRelease(at, kernel.ram.getLongAcquire(at) + 1));
        long read = globals.read(globals.variables().get(0)).asLong();
        assertThat(read).isBetween(5L, 5L + kernel.seen.looks());
    }

    @Test
    void aMapThatIsFreedWhileItIsReadGivesNoValue() {
        BpfMap map = reader.map("table");
        kernel.seen.after(SyntheticBpf.ELEMENTS, kernel::empty);
        assertThatThrownBy(() -> values.entries(map))
                .isInstanceOf(BpfException.class)
                .hasMessageContaining("was freed");
    }
}
