package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.guest.AgentSession;
import dev.ktstr.guest.wire.Blob;
import dev.ktstr.guest.wire.Wake;
import dev.ktstr.kernel.KernelDiscovery;
import dev.ktstr.kernel.KernelRequirements;
import dev.ktstr.run.MachinePorts;
import dev.ktstr.run.Options;
import dev.ktstr.spec.CpuTopology;
import dev.ktstr.vm.Backend;
import dev.ktstr.vm.Backends;
import dev.ktstr.vm.Forking;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmSpec;
import dev.ktstr.vm.template.Template;
import dev.ktstr.vm.template.TemplateKey;
import dev.ktstr.vm.template.TemplateMode;
import dev.ktstr.vm.template.Templates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Forks of one template that differ in nothing but the entropy that the host sends: same clock, no delay, one CPU, nothing
 * run before they are asked.
 *
 * <p>{@code drivers/char/random.c} draws all numbers of a CPU from one chain of keys, so that what a fork draws is what
 * another has drawn until the chain begins anew. By itself the kernel does that a second later, with what RDRAND and the time
 * stamp counter give: so long any two forks that were not reseeded would agree, and later nobody could tell.
 */
class ReseedIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int DRAWS = 24;
    private static final CpuTopology ONE_CPU = new CpuTopology(1, 1, 1, 1);

    @TempDir
    Path temp;

    private final Backend backend =
            Backends.select(Options.ofProcess().get("backend").orElse(null));
    private final Forking forking = backend.forking().orElseThrow();
    private final TemplateKey key = TemplateKey.of(Map.of("test", "reseed"));
    private final long now = Instant.now().getEpochSecond() * 1_000_000_000L;

    private VmSpec spec(String name) throws IOException {
        return new VmSpec(
                KernelRequirements.bootFile(KernelDiscovery.standard()
                        .find(Options.ofProcess().get("kernel").orElse(null))),
                ObservedGuest.bootImage(),
                ONE_CPU,
                256,
                List.of(MachinePorts.kernelArgument()),
                Files.createDirectory(temp.resolve(name)));
    }

    private Wake wake(long seed) {
        byte[] entropy = new byte[64];
        new Random(seed).nextBytes(entropy);
        return new Wake(now, Blob.of(entropy), 0);
    }

    /** Numbers in the order drawn: each of these is 16 bytes of the generator's, as {@code AT_RANDOM} is, and the seed of layout. */
    private static List<String> draws(AgentSession session) {
        List<String> drawn = new ArrayList<>();
        drawn.add(text(session, "boot_id"));
        while (drawn.size() < DRAWS) {
            drawn.add(text(session, "uuid"));
        }
        return drawn;
    }

    private static String text(AgentSession session, String name) {
        return new String(session.readFile("/proc/sys/kernel/random/" + name, 100), StandardCharsets.US_ASCII).strip();
    }

    private List<String> bootedAndSaved(Templates templates) throws IOException {
        try (VirtualMachine machine = backend.start(spec("booted"))) {
            AgentSession session = AgentSession.open(
                    new MachinePorts(machine), LIMIT, untouched -> save(templates, machine, untouched));
            try (session) {
                session.wake(wake(0), LIMIT);
                return draws(session);
            }
        }
    }

    private void save(Templates templates, VirtualMachine machine, BooleanSupplier untouched) {
        machine.freeze();
        assertThat(untouched.getAsBoolean()).isTrue();
        assertThat(templates.save(key, forking, machine)).isTrue();
        machine.resume();
    }

    private List<String> forked(Templates templates, long seed) throws IOException {
        try (Template template = templates.find(key).orElseThrow();
                VirtualMachine machine = forking.fork(spec("fork" + seed), template);
                AgentSession session =
                        AgentSession.fork(new MachinePorts(machine), wake(seed), machine::resume, LIMIT)) {
            return draws(session);
        }
    }

    @Test
    void noNumberThatOneForkDrawsIsDrawnByAnotherOrByTheGuestThatWasSaved() throws IOException {
        Templates templates = TemplateMode.DISK.open(temp, Optional.empty()).orElseThrow();
        List<String> all = new ArrayList<>(bootedAndSaved(templates));
        all.addAll(forked(templates, 1));
        all.addAll(forked(templates, 2));
        assertThat(all).hasSize(3 * DRAWS).doesNotHaveDuplicates();
    }
}
