package dev.ktstr.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every backend that can fork does. Each such backend's test inherits it. */
public abstract class ForkingContract {
    @TempDir
    protected Path temp;

    protected abstract Backend backend();

    protected Forking forking() {
        return backend().forking().orElseThrow();
    }

    /** A saved guest in memory. */
    protected static final class Saved implements SavedGuest, SavedGuest.Sink {
        public Saved() {}

        public byte[] console = {};
        public byte[] devices = {};
        public final Map<Long, byte[]> ram = new LinkedHashMap<>();

        @Override
        public void console(byte[] text) {
            console = text;
        }

        @Override
        public void devices(byte[] state) {
            devices = state;
        }

        @Override
        public void put(long offset, ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            ram.put(offset, copy);
        }

        @Override
        public byte[] console() {
            return console;
        }

        @Override
        public byte[] devices() {
            return devices;
        }

        @Override
        public void ram(RamSink sink) throws IOException {
            for (Map.Entry<Long, byte[]> part : ram.entrySet()) {
                sink.put(part.getKey(), ByteBuffer.wrap(part.getValue()));
            }
        }

        long bytes() {
            return ram.values().stream().mapToLong(part -> part.length).sum();
        }
    }

    protected VmSpec spec(String name, String topology, int memoryMb) {
        try {
            return MicroGuest.spec(Files.createDirectories(temp.resolve(name)), topology, memoryMb);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A guest that counts, frozen and saved. */
    protected Saved save(VirtualMachine vm) throws IOException {
        vm.freeze();
        Saved saved = new Saved();
        forking().save(vm, saved);
        return saved;
    }

    private VirtualMachine boot(VmSpec spec) {
        VirtualMachine vm = backend().start(spec);
        MicroGuest.awaitReady(vm);
        MicroGuest.awaitCounting(vm);
        return vm;
    }

    @Test
    void aForkGoesOnWhereTheSavedGuestStoodAndTheSavedGuestGoesOnToo() throws IOException {
        try (VirtualMachine first = boot(spec("first", "1n1l2c1t", 256))) {
            MicroGuest.send(first, "A");
            assertThat(MicroGuest.receive(first)).isEqualTo('B');
            Saved saved = save(first);
            int stood = MicroGuest.counter(first);
            try (VirtualMachine fork = forking().fork(spec("fork", "1n1l2c1t", 256), saved)) {
                assertThat(MicroGuest.counter(fork)).isEqualTo(stood);
                fork.memory().putIntRelease(MachineLayout.SHM_BASE + 0x24, 0);
                assertThat(MicroGuest.counter(first)).isEqualTo(stood);
                fork.resume();
                MicroGuest.awaitCounting(fork);
                assertThat(MicroGuest.ask(fork, 41)).isEqualTo(42);
                MicroGuest.send(fork, "A");
                assertThat(MicroGuest.receive(fork)).isEqualTo('B');
                assertThat(MicroGuest.counter(first)).isEqualTo(stood);
            }
            first.resume();
            MicroGuest.awaitCounting(first);
            assertThat(MicroGuest.ask(first, 6)).isEqualTo(7);
        }
    }

    @Test
    void twoForksOfOneGuestShareNothing() throws IOException {
        Saved saved;
        try (VirtualMachine first = boot(spec("first", "1n1l1c1t", 256))) {
            saved = save(first);
        }
        try (VirtualMachine one = forking().fork(spec("one", "1n1l1c1t", 256), saved);
                VirtualMachine two = forking().fork(spec("two", "1n1l1c1t", 256), saved)) {
            one.resume();
            MicroGuest.awaitCounting(one);
            int stood = MicroGuest.counter(two);
            MicroGuest.awaitCounting(one);
            assertThat(MicroGuest.counter(two)).isEqualTo(stood);
            two.resume();
            MicroGuest.awaitCounting(two);
            one.kill();
            MicroGuest.awaitCounting(two);
        }
    }

    @Test
    void aForkOfSeveralNodesWithRamAbove4GiBHasAllOfIt() throws IOException {
        Saved saved;
        long high = (4L << 30) + (2L << 30);
        try (VirtualMachine first = boot(spec("first", "2n2l1c1t", 6144))) {
            first.memory().putLongRelease(high, 0x1122334455667788L);
            saved = save(first);
        }
        // What nobody touched is neither saved nor copied.
        assertThat(saved.bytes()).isLessThan(32L << 20);
        try (VirtualMachine fork = forking().fork(spec("fork", "2n2l1c1t", 6144), saved)) {
            assertThat(fork.memory().getLongAcquire(high)).isEqualTo(0x1122334455667788L);
            fork.resume();
            assertThat(MicroGuest.ask(fork, 6)).isEqualTo(7);
        }
    }

    @Test
    protected void theConsoleOfAForkBeginsWithWhatTheSavedGuestHadPrinted() throws IOException {
        Saved saved;
        try (VirtualMachine first = boot(spec("first", "1n1l1c1t", 256))) {
            saved = save(first);
        }
        try (VirtualMachine fork = forking().fork(spec("fork", "1n1l1c1t", 256), saved)) {
            fork.resume();
            MicroGuest.send(fork, "x");
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            expected.writeBytes("micro-guest\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            MicroGuest.until("the guest panics", () -> fork.exit().isPresent());
            assertThat(fork.exit().orElseThrow().kind()).isEqualTo(VmExit.Kind.PANIC);
            assertThat(Files.readString(fork.console()))
                    .startsWith(expected.toString(java.nio.charset.StandardCharsets.US_ASCII))
                    .contains("Kernel panic");
        }
    }

    @Test
    void anIdentityIsTheSameForTheSameGuestInAnotherFolderAndAnotherForAnythingElse() throws IOException {
        VmSpec one = spec("one", "1n2l2c1t", 512);
        VmSpec two = new VmSpec(
                one.kernel(),
                one.initramfs(),
                one.topology(),
                one.memoryMb(),
                one.kernelArgs(),
                Files.createDirectory(temp.resolve("two")));
        Forking forking = forking();
        Map<String, String> identity = forking.identity(one);
        assertThat(forking.identity(two)).isEqualTo(identity);
        assertThat(forking.identity(spec("one", "1n2l2c2t", 512))).isNotEqualTo(identity);
        assertThat(forking.identity(spec("one", "1n2l2c1t", 514))).isNotEqualTo(identity);
        assertThat(forking.identity(new VmSpec(
                        one.kernel(), one.initramfs(), one.topology(), 512, java.util.List.of("x=1"), one.workDir())))
                .isNotEqualTo(identity);
        Files.write(one.initramfs(), new byte[1024]);
        assertThat(forking.identity(two)).isNotEqualTo(identity);
    }

    @Test
    void stateThatIsNoneIsRefusedWithAReasonAndLeavesNothing() throws IOException {
        Saved saved;
        try (VirtualMachine first = boot(spec("first", "1n1l1c1t", 256))) {
            saved = save(first);
        }
        saved.devices = new byte[] {1, 2, 3};
        assertThatExceptionOfType(VmException.class)
                .isThrownBy(() -> forking().fork(spec("fork", "1n1l1c1t", 256), saved));
        assertThat(ProcessHandle.current().children()).isEmpty();
    }

    @Test
    void ramThatTheMachineHasNotIsRefusedAndLeavesNothing() throws IOException {
        Saved saved;
        try (VirtualMachine first = boot(spec("first", "1n1l1c1t", 256))) {
            saved = save(first);
        }
        saved.ram.put(256L << 20, new byte[4096]);
        assertThatExceptionOfType(VmException.class)
                .isThrownBy(() -> forking().fork(spec("fork", "1n1l1c1t", 256), saved))
                .withMessageContaining("which this machine has not");
        assertThat(ProcessHandle.current().children()).isEmpty();
    }
}
