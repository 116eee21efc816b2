package dev.ktstr.vm.kvm.aarch64;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.spec.CpuTopology;
import dev.ktstr.vm.HostTool;
import dev.ktstr.vm.kvm.cpuid.CacheModel;
import dev.ktstr.vm.kvm.machine.MemoryRange;
import dev.ktstr.vm.kvm.machine.NodeMatrix;
import dev.ktstr.vm.kvm.machine.Presets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceTreeTest {
    @TempDir
    Path folder;

    static ArmMachine machine(String topology) {
        CpuTopology t = CpuTopology.parse(topology);
        return new ArmMachine(
                t,
                Collections.nCopies(t.numaNodes(), 512L << 20),
                NodeMatrix.of(t.numaNodes(), t.numaNodes(), (i, j) -> i == j ? 10 : 20),
                CacheModel.DEFAULT);
    }

    /** Source text as dtc reads it; fails on any warning. */
    private String decompiled(byte[] tree) throws IOException {
        Files.write(folder.resolve("tree.dtb"), tree);
        String text = HostTool.run(folder, "dtc", "-I", "dtb", "-O", "dts", "tree.dtb");
        assertThat(text).doesNotContain("Warning").doesNotContain("ERROR");
        return text;
    }

    @Test
    void aTreeIsTheseBytes() {
        byte[] tree = new FdtWriter()
                .begin("")
                .cells("a", 1)
                .begin("n")
                .strings("a", "xy")
                .flag("b")
                .end()
                .end()
                .toBytes();
        assertThat(HexFormat.of().formatHex(tree))
                .isEqualTo("d00dfeed" + "00000084" + "00000038" + "00000080" + "00000028" + "00000011" + "00000010"
                        + "00000000" + "00000004" + "00000048"
                        + "00000000000000000000000000000000"
                        + "00000001" + "00000000"
                        + "00000003" + "00000004" + "00000000" + "00000001"
                        + "00000001" + "6e000000"
                        + "00000003" + "00000003" + "00000000" + "78790000"
                        + "00000003" + "00000000" + "00000002"
                        + "00000002" + "00000002" + "00000009"
                        + "61006200");
    }

    @Test
    void aTreeWithAnOpenNodeIsRefused() {
        assertThatThrownBy(() -> new FdtWriter().begin("").toBytes()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new FdtWriter().end()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void dtcReadsAMachineAsItWasDescribed() throws IOException {
        HostTool.assumeInstalled("dtc");
        byte[] tree = DeviceTree.build(machine("2n4l2c2t"), "console=ttyS0", new MemoryRange(0x5f000000L, 0x1234));
        assertThat(decompiled(tree))
                .contains("bootargs = \"console=ttyS0\"")
                .contains("linux,initrd-start = <0x00 0x5f000000>")
                .contains("linux,initrd-end = <0x00 0x5f001234>")
                .contains("memory@40000000")
                .contains("memory@60000000")
                .contains("distance-matrix = <0x00 0x00 0x0a 0x00 0x01 0x14 0x01 0x00 0x14 0x01 0x01 0x0a>")
                .contains("shm@48000000")
                .contains("reg = <0x00 0x48000000 0x00 0x2000000>")
                .contains("socket3")
                .contains("thread1")
                .contains("cpu@f {")
                .contains("compatible = \"arm,gic-v3\"")
                .contains("reg = <0x00 0x8000000 0x00 0x10000 0x00 0x10000000 0x00 0x200000>")
                .contains("arm,psci-0.2")
                .contains("serial@9010000");
    }

    @Test
    void dtcReadsEveryPresetWithoutAWarning() throws IOException {
        HostTool.assumeInstalled("dtc");
        for (String preset : Presets.ALL) {
            CpuTopology t = CpuTopology.parse(preset);
            String text = decompiled(DeviceTree.build(machine(preset), "quiet", null));
            assertThat(text.split("device_type = \"cpu\"", -1)).as(preset).hasSize(t.cpus() + 1);
            assertThat(text.split("cache-level = <0x03>", -1)).as(preset).hasSize(t.llcs() + 1);
            assertThat(text).doesNotContain("initrd");
        }
    }

    @Test
    void affinitiesAreKvms() {
        assertThat(ArmMachine.affinity(15)).isEqualTo(15);
        assertThat(ArmMachine.affinity(16)).isEqualTo(0x100);
        assertThat(ArmMachine.affinity(4095)).isEqualTo(0xff0f);
        assertThat(ArmMachine.affinity(4096)).isEqualTo(0x10000);
    }
}
