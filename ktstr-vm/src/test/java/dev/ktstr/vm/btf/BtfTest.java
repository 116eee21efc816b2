package dev.ktstr.vm.btf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layouts from BTF, and BTF that lies. */
class BtfTest {
    private final Btf btf = Btf.parse(BtfWriter.sample().bytes());

    private static void refused(ThrowingCallable call, String... words) {
        assertThatThrownBy(call).isInstanceOf(BtfException.class).hasMessageContainingAll(words);
    }

    @Test
    void aPathLeadsThroughAnonymousMembersArraysAndBitFields() {
        assertThat(btf.field("task", "low")).isEqualTo(new BtfField("low", 128, 0, 1));
        assertThat(btf.field("task", "all").offset()).isEqualTo(16);
        assertThat(btf.field("task", "inners[2].b")).isEqualTo(new BtfField("inners[2].b", 224 + 64 + 3, 5, 1));
        assertThat(btf.field("task", "comm[15]").offset()).isEqualTo(15);
        assertThat(btf.sizeOf("task")).isEqualTo(48);
        assertThat(btf.size(btf.field("task", "all").type())).isEqualTo(8);
    }

    @Test
    void whatIsNotThereIsAnsweredWithWhatIs() {
        refused(() -> btf.field("task", "lov"), "no 'lov' in STRUCT 'task'", "did you mean 'low'", "comm, state");
        refused(() -> btf.struct("tsk"), "no struct 'tsk'");
        refused(() -> btf.struct("tas"), "did you mean 'task'");
        refused(() -> btf.field("task", "inners[3].a"), "there are 3");
        refused(() -> btf.field("task", "low.x"), "INT 'u32'", "no members");
        refused(() -> btf.field("task", ""), "no field path");
        refused(() -> btf.field("task", "low[0]"), "no array");
        refused(() -> btf.constant("state", "STATE_OM"), "did you mean 'STATE_ON'");
        assertThat(btf.findField("task", "nothing")).isEmpty();
        assertThat(btf.findField("nothing", "nothing")).isEmpty();
    }

    @Test
    void enumsAreReadByNameWithSignAndWidth() {
        assertThat(btf.constant("state", "STATE_OFF")).isEqualTo(-1);
        assertThat(btf.constant("wide", "WIDE")).isEqualTo(0x2_0000_0001L);
        assertThat(btf.findConstant("state", "STATE_X")).isEmpty();
    }

    @Test
    void valuesAreReadByTheirTypes() {
        byte[] bytes = new byte[48];
        System.arraycopy("worker".getBytes(StandardCharsets.US_ASCII), 0, bytes, 0, 6);
        bytes[16] = (byte) 0xfe;
        Arrays.fill(bytes, 17, 24, (byte) 0xff);
        bytes[24] = 1;
        bytes[28] = (byte) (19 << 3 | 5);
        BtfValue task = BtfValue.of(btf, btf.struct("task"), bytes);
        assertThat(task.get("comm").asText()).isEqualTo("worker");
        assertThat(task.get("all").asLong()).isEqualTo(-2);
        assertThat(task.get("low").asLong()).isEqualTo(0xfffffffeL);
        assertThat(task.get("state").asEnumName()).contains("STATE_ON");
        assertThat(task.get("inners[0]").get("a").asLong()).isEqualTo(5);
        assertThat(task.get("inners[0].b").asLong()).isEqualTo(19);
        assertThat(task.get("inners").length()).isEqualTo(3);
        assertThat(task.names()).containsExactly("comm", "low", "all", "state", "inners", "next");
        assertThat(task)
                .hasToString(
                        "{comm=\"worker\", low=4294967294, all=-2, state=STATE_ON, inners=[{a=5, b=19}, {a=0, b=0},"
                                + " {a=0, b=0}], next=0x0}");
        refused(task::asLong, "no number but STRUCT 'task'");
        refused(
                () -> BtfValue.of(btf, btf.struct("task"), new byte[4])
                        .get("all")
                        .asLong(),
                "outside of the 4 bytes");
    }

    @Test
    void splitBtfContinuesItsBase() {
        BtfWriter base = BtfWriter.sample();
        Btf below = Btf.parse(base.bytes());
        BtfWriter w = new BtfWriter(base.stringBytes(), below.typeCount());
        w.type("mine", BtfKind.STRUCT, false, 1, 48, w.name("task"), below.struct("task"), 0);
        Btf split = Btf.parse(w.bytes(), below);
        assertThat(split.typeCount()).isEqualTo(below.typeCount() + 1);
        assertThat(split.field("mine", "task.state").offset()).isEqualTo(24);
        assertThat(split.struct("task")).isEqualTo(below.struct("task"));
        assertThat(split.type(split.struct("mine")).name()).isEqualTo("mine");
    }

    @Test
    void cyclesEnd() {
        BtfWriter w = new BtfWriter();
        w.type("t", BtfKind.TYPEDEF, false, 0, 1);
        w.type("", BtfKind.ARRAY, false, 0, 0, 2, 2, 1);
        w.type("s", BtfKind.STRUCT, false, 1, 8, 0, 3, 0);
        Btf cyclic = Btf.parse(w.bytes());
        refused(() -> cyclic.resolve(1), "cyclic");
        refused(() -> cyclic.size(2), "cyclic");
        refused(() -> cyclic.field("s", "x"), "cyclic");
    }

    @Test
    void liesAreRefused() {
        byte[] good = BtfWriter.sample().bytes();
        refused(() -> Btf.parse(new byte[3]), "3 bytes");
        refused(() -> Btf.parse(new byte[64]), "0xeb9f");
        refused(() -> Btf.parse(Arrays.copyOf(good, good.length - 1)), "outside");
        byte[] version = good.clone();
        version[2] = 2;
        refused(() -> Btf.parse(version), "version 2");
        byte[] open = good.clone();
        open[open.length - 1] = 'x';
        refused(() -> Btf.parse(open), "does not end with a zero");
        BtfWriter kind = new BtfWriter();
        kind.type("x", BtfKind.ENUM64, false, 1000, 8);
        refused(() -> Btf.parse(kind.bytes()), "are left");
        BtfWriter huge = new BtfWriter();
        int u64 = huge.integer("u64", 8, false);
        int array = huge.type("", BtfKind.ARRAY, false, 0, 0, u64, u64, -1);
        refused(() -> Btf.parse(huge.bytes()).size(array), "2 GiB");
        refused(() -> btf.type(1000), "no type 1000");
        refused(() -> btf.size(0), "has no size");
    }

    @Test
    void theIndexCacheGivesTheSameAndIsMadeAnewWhenDamaged(@TempDir Path temp) throws IOException {
        byte[] raw = BtfWriter.sample().bytes();
        BtfCache cache = new BtfCache(temp.resolve("index"));
        assertThat(cache.read(raw, "deadbeef").field("task", "low").offset()).isEqualTo(16);
        Path file = temp.resolve("index/deadbeef.btfidx");
        byte[] index = Files.readAllBytes(file);
        assertThat(cache.read(raw, "deadbeef").struct("task")).isEqualTo(btf.struct("task"));
        byte[] damaged = index.clone();
        damaged[index.length - 2] ^= 1;
        Files.write(file, damaged);
        assertThat(cache.read(raw, "deadbeef").field("task", "low").offset()).isEqualTo(16);
        assertThat(file).hasBinaryContent(index);
        try (Stream<Path> files = Files.list(temp.resolve("index"))) {
            assertThat(files).containsExactly(file);
        }
        assertThatThrownBy(() -> cache.read(raw, "../x")).isInstanceOf(IllegalArgumentException.class);
    }
}
