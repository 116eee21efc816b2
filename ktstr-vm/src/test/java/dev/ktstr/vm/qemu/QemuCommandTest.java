package dev.ktstr.vm.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.spec.CpuTopology;
import dev.ktstr.spec.NumaMemory;
import dev.ktstr.vm.VmSpec;
import dev.ktstr.vm.internal.machine.KernelCommandLine;
import dev.ktstr.vm.internal.ram.RamLayout;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class QemuCommandTest {
    private static List<String> build(String topology, int memoryMb, QemuCommand.Host host) {
        CpuTopology t = CpuTopology.parse(topology);
        return build(new VmSpec(Path.of("/k"), Path.of("/i"), t, memoryMb, List.of("extra=1"), Path.of("/w,x")), host);
    }

    private static List<String> build(VmSpec spec, QemuCommand.Host host) {
        RamLayout ram = RamLayout.of(spec);
        List<String> paths = ram.nodeMb().stream().map(mb -> "/proc/1/fd/9").toList();
        return QemuCommand.build(
                Path.of("/q"), spec, host, new QemuCommand.Parts(ram, paths, Path.of("/s"), Path.of("/w,x/c"), false));
    }

    private static QemuCommand.Host tcg(int cpus) {
        return new QemuCommand.Host(cpus, false, null, "cpu");
    }

    @Test
    void oneLlcIsOneSocket() {
        assertThat(build("1n3l4c2t", 512, tcg(4)))
                .containsSequence("-smp", "24,sockets=3,cores=4,threads=2")
                .containsSequence("-m", "512M")
                .doesNotContain("-numa");
    }

    @Test
    void nodesAreGroupsOfSocketsWithTheirOwnRamAndDistances() {
        assertThat(build("2n4l2c1t", 1024, tcg(8)))
                .containsSequence("-numa", "node,nodeid=0,cpus=0-3,memdev=ram0")
                .containsSequence("-numa", "node,nodeid=1,cpus=4-7,memdev=ram1")
                .containsSequence("-numa", "dist,src=0,dst=0,val=10")
                .containsSequence("-numa", "dist,src=1,dst=0,val=20")
                .contains("memory-backend-file,id=ram1,size=512M,share=on,mem-path=/proc/1/fd/9");
    }

    @Test
    void describedNodesHaveTheirSizesSpeedsAndCachesAndThoseWithoutCpusAnInitiator() {
        VmSpec spec = new VmSpec(
                        Path.of("/k"), Path.of("/i"), CpuTopology.parse("2n2l1c1t"), 1, List.of(), Path.of("/w"))
                .withMemory(NumaMemory.parse(List.of(
                        "512M latency=90 bandwidth=50000 distances=10,20,40",
                        "256M latency=90 bandwidth=50000 distances=20,10,30",
                        "1G latency=300 bandwidth=20000 cache=64M distances=40,30,10")));
        List<String> command = build(spec, tcg(2));
        assertThat(command)
                .containsSequence("-m", "1792M")
                .containsSequence("-numa", "node,nodeid=1,cpus=1-1,memdev=ram1,initiator=1")
                .containsSequence("-numa", "node,nodeid=2,memdev=ram2,initiator=1")
                .containsSequence("-numa", "dist,src=0,dst=2,val=40")
                .containsSequence(
                        "-numa", "hmat-lb,initiator=0,target=2,hierarchy=memory,data-type=access-latency,latency=400")
                .containsSequence(
                        "-numa",
                        "hmat-lb,initiator=1,target=2,hierarchy=memory,data-type=access-bandwidth,bandwidth=20000M")
                .containsSequence(
                        "-numa",
                        "hmat-cache,node-id=2,size=64M,level=1,associativity=direct,policy=write-back,line=64");
        assertThat(command.get(command.indexOf("-machine") + 1)).endsWith(",hmat=on");
    }

    @Test
    void memoryBehindOneNodeWithCpusIsANodeOfItsOwn() {
        VmSpec spec = new VmSpec(
                        Path.of("/k"), Path.of("/i"), CpuTopology.parse("1n1l2c1t"), 1, List.of(), Path.of("/w"))
                .withMemory(NumaMemory.parse(List.of("512M", "256M")));
        List<String> command = build(spec, tcg(2));
        assertThat(command)
                .containsSequence("-numa", "node,nodeid=0,cpus=0-1,memdev=ram0")
                .containsSequence("-numa", "node,nodeid=1,memdev=ram1")
                .containsSequence("-numa", "dist,src=0,dst=1,val=20");
        assertThat(command.get(command.indexOf("-machine") + 1)).doesNotContain("hmat", "memory-backend");
    }

    @Test
    void aSingleNodeIsDescribedWhenItsSpeedIsKnown() {
        VmSpec spec = new VmSpec(
                        Path.of("/k"), Path.of("/i"), CpuTopology.parse("1n1l2c1t"), 1, List.of(), Path.of("/w"))
                .withMemory(NumaMemory.parse(List.of("512M latency=90 bandwidth=50000")));
        List<String> command = build(spec, tcg(2));
        assertThat(command).containsSequence("-numa", "node,nodeid=0,cpus=0-1,memdev=ram0,initiator=0");
        assertThat(command.get(command.indexOf("-machine") + 1))
                .endsWith(",hmat=on")
                .doesNotContain("memory-backend");
    }

    @Test
    void moreVcpusThanHostCpusShareOneThread() {
        assertThat(build("1n2l2c1t", 256, tcg(4))).containsSequence("-accel", "tcg,thread=multi", "-cpu", "cpu");
        assertThat(build("1n2l2c1t", 256, tcg(3))).containsSequence("-accel", "tcg,thread=single");
    }

    @Test
    void usableKvmIsUsedAndKeepsTimeOnlyWithoutOvercommit() {
        QemuCommand.Host kvm = new QemuCommand.Host(4, true, Path.of("/f/qboot.rom"), "cpu");
        List<String> command = build("1n2l2c1t", 256, kvm);
        assertThat(command).containsSequence("-accel", "kvm", "-cpu", "host").containsSequence("-bios", "/f/qboot.rom");
        assertThat(command.get(command.size() - 1)).doesNotContain("no_timer_check");
        assertThat(kvm.keepsTime(CpuTopology.parse("1n2l2c1t"))).isTrue();
        assertThat(kvm.keepsTime(CpuTopology.parse("1n2l3c1t"))).isFalse();
        assertThat(tcg(4).keepsTime(CpuTopology.parse("1n1l1c1t"))).isFalse();
    }

    @Test
    void theKernelCommandLineReservesTheWindowAndEndsWithTheUsersWords() {
        List<String> command = build("1n1l1c1t", 256, tcg(1));
        assertThat(command.get(command.size() - 2)).isEqualTo("-append");
        assertThat(command.get(command.size() - 1))
                .startsWith("console=ttyS0 nokaslr memmap=32M$128M panic=-1 ")
                .endsWith(" extra=1");
    }

    @Test
    void theKernelIsLeftWhereItPutsItselfWhenAskedTo() {
        VmSpec spec = new VmSpec(
                Path.of("bzImage"),
                Path.of("initramfs"),
                CpuTopology.parse("1n1l1c1t"),
                256,
                List.of(VmSpec.KASLR, "extra=1"),
                Path.of("w"));
        assertThat(KernelCommandLine.of(spec, false, true))
                .startsWith("console=ttyS0 memmap=")
                .endsWith(" extra=1")
                .doesNotContain("kaslr");
    }

    @Test
    void commasInPathsAreEscaped() {
        assertThat(build("1n1l1c1t", 256, tcg(1))).contains("file,id=com1,path=/w,,x/c");
    }

    @Test
    void theDescriptionCanBePastedIntoAShell() {
        assertThat(Quoting.shell(List.of("qemu", "memmap=32M$1", "it's"))).isEqualTo("qemu 'memmap=32M$1' 'it'\\''s'");
    }
}
