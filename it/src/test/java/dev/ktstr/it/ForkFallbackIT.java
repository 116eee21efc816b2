package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.guest.BootImage;
import dev.ktstr.kernel.KernelDiscovery;
import dev.ktstr.run.Boot;
import dev.ktstr.run.BootWay;
import dev.ktstr.run.BootedGuest;
import dev.ktstr.run.Options;
import dev.ktstr.run.Registry;
import dev.ktstr.run.Variant;
import dev.ktstr.vm.Backend;
import dev.ktstr.vm.Backends;
import dev.ktstr.vm.Forking;
import dev.ktstr.vm.SavedGuest;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backend whose forks fail costs time and nothing else. */
class ForkFallbackIT {
    @TempDir
    Path temp;

    private final AtomicInteger forks = new AtomicInteger();

    /** QEMU, with something wrong about forks. */
    private class Broken implements Backend, Forking {
        private final Backend real = Backends.select(null);
        final Forking forking = real.forking().orElseThrow();

        @Override
        public String name() {
            return real.name();
        }

        @Override
        public Availability availability() {
            return real.availability();
        }

        @Override
        public VirtualMachine start(VmSpec spec) {
            return real.start(spec);
        }

        @Override
        public Optional<Forking> forking() {
            return Optional.of(this);
        }

        @Override
        public Map<String, String> identity(VmSpec spec) {
            return forking.identity(spec);
        }

        @Override
        public void save(VirtualMachine machine, SavedGuest.Sink sink) throws IOException {
            forking.save(machine, sink);
        }

        @Override
        public VirtualMachine fork(VmSpec spec, SavedGuest saved) {
            forks.incrementAndGet();
            return forking.fork(spec, saved);
        }
    }

    private BootWay boot(Backend backend) {
        Variant variant = new Variant(
                Registry.load(ForkFallbackIT.class.getClassLoader()).test("dev.ktstr.it.Fixtures#boots"),
                KernelDiscovery.standard().find(null));
        Map<String, String> ours = Map.of("ktstr.template", "on", "ktstr.template.dir", temp.toString());
        Options options = Runs.options(ours);
        try (BootedGuest guest =
                new Boot(backend, options).boot(variant, BootImage.cached(temp.resolve("boot")), temp, machine -> {})) {
            assertThat(guest.readText("/proc/sys/kernel/ostype")).isEqualTo("Linux");
            return guest.way();
        }
    }

    private long templates() throws IOException {
        try (Stream<Path> files = Files.list(temp.resolve("templates"))) {
            return files.filter(Files::isRegularFile).count();
        }
    }

    @AfterEach
    void nothingRuns() {
        assertThat(Children.qemu()).isEmpty();
    }

    @Test
    void aForkThatFailsIsBootedInsteadAndTheTemplateMadeAnewUntilItIsGivenUp() throws IOException {
        Backend failing = new Broken() {
            @Override
            public VirtualMachine fork(VmSpec spec, SavedGuest saved) {
                forks.incrementAndGet();
                throw new VmException("no fork today");
            }
        };
        assertThat(boot(failing).note()).isEmpty();
        assertThat(forks).hasValue(0);
        for (int i = 1; i <= 2; i++) {
            BootWay way = boot(failing);
            assertThat(way.forked()).isFalse();
            assertThat(way.key()).isEqualTo("cold");
            assertThat(way.note()).hasValueSatisfying(note -> assertThat(note).contains("no fork today"));
            assertThat(forks).hasValue(i);
            assertThat(templates()).isEqualTo(1);
        }
        // Twice is enough: it is not tried again in this process, and no time is lost.
        assertThat(boot(failing).note()).isEmpty();
        assertThat(forks).hasValue(2);
    }

    @Test
    void aForkThatDiesBeforeItWakesIsBootedInstead() {
        Backend dying = new Broken() {
            @Override
            public VirtualMachine fork(VmSpec spec, SavedGuest saved) {
                VirtualMachine fork = super.fork(spec, saved);
                fork.kill();
                return fork;
            }
        };
        boot(dying);
        BootWay way = boot(dying);
        assertThat(way.forked()).isFalse();
        assertThat(forks).hasValue(1);
        assertThat(way.note()).isPresent();
        assertThat(boot(new Broken()).forked()).isTrue();
    }

    @Test
    void aGuestThatDoesNotSurviveBeingSavedIsBootedAnew() throws IOException {
        Backend deadly = new Broken() {
            @Override
            public void save(VirtualMachine machine, SavedGuest.Sink sink) throws IOException {
                super.save(machine, sink);
                machine.kill();
                throw new VmException("the virtual machine is gone");
            }
        };
        BootWay way = boot(deadly);
        assertThat(way.forked()).isFalse();
        assertThat(way.note())
                .hasValueSatisfying(note -> assertThat(note)
                        .contains("no template was made: the virtual machine is gone")
                        .contains("booted anew"));
        assertThat(templates()).isZero();
    }

    @Test
    void aGuestThatDoesSomethingBetweenHelloAndSaveIsNoTemplate() throws IOException {
        Backend meddling = new Broken() {
            @Override
            public VirtualMachine start(VmSpec spec) {
                VirtualMachine vm = super.start(spec);

                return Meddled.with(vm);
            }
        };
        BootWay way = boot(meddling);
        assertThat(way.forked()).isFalse();
        assertThat(way.note()).hasValueSatisfying(note -> assertThat(note).contains("did something by itself"));
        assertThat(templates()).isZero();
    }
}
