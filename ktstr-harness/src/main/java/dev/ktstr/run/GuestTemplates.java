package dev.ktstr.run;

import dev.ktstr.guest.wire.Blob;
import dev.ktstr.guest.wire.Wake;
import dev.ktstr.guest.wire.Wire;
import dev.ktstr.kernel.KernelCache;
import dev.ktstr.vm.Backend;
import dev.ktstr.vm.Forking;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.VmSpec;
import dev.ktstr.vm.template.Template;
import dev.ktstr.vm.template.TemplateKey;
import dev.ktstr.vm.template.TemplateMode;
import dev.ktstr.vm.template.Templates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** What this run does about templates: where they are, when one is not trusted any more, and how a guest is woken. */
final class GuestTemplates {
    /** More than a tick of a kernel with 250 Hz, as distributions build them. */
    private static final long MAX_DELAY_NS = Duration.ofMillis(5).toNanos();

    private static final int ENTROPY_BYTES = 64;

    /** Forks of a key that may fail in this process before no more are tried. */
    private static final int PATIENCE = 2;

    private static final Map<String, Integer> FAILED_FORKS = new ConcurrentHashMap<>();
    private static final SecureRandom RANDOM = new SecureRandom();

    /**
     * What a kernel prints when something went wrong with it: such a guest is good for the one run that booted it, but a
     * template of it would hand the trouble down. lib/bug.c, kernel/panic.c, kernel/watchdog.c, kernel/rcu/tree_stall.h,
     * kernel/time/clocksource.c
     */
    private static final Pattern TROUBLE = Pattern.compile(
            "BUG: |WARNING: |Oops|Call Trace:|soft lockup|hard LOCKUP|detected stalls|self-detected stall|blocked for more than"
                    + "|Marking clocksource .* unstable");

    private final Options options;
    private final Optional<Templates> templates;
    private final Optional<Forking> forking;

    /** @throws RunException when an option about templates has a value that it does not take */
    GuestTemplates(Backend backend, Options options) {
        this.options = options;
        try {
            TemplateMode mode = TemplateMode.parse(options.get("template").orElse("on"));
            OptionalInt budget = options.positive("template.budget");
            Path cache = options.get("template.dir")
                    .map(Path::of)
                    .orElseGet(() -> KernelCache.root(System.getenv()))
                    .toAbsolutePath();
            // A folder of the user's own choice is one place, not two.
            TemplateMode place =
                    mode == TemplateMode.ON && options.get("template.dir").isPresent() ? TemplateMode.DISK : mode;
            this.forking = mode == TemplateMode.OFF ? Optional.empty() : backend.forking();
            this.templates = forking.isEmpty()
                    ? Optional.empty()
                    : place.open(cache, budget.isPresent() ? Optional.of(budget.getAsInt()) : Optional.empty());
        } catch (VmException e) {
            throw RunException.setup("options", e);
        }
    }

    /** Whether guests may be forked at all. */
    boolean enabled() {
        return templates.isPresent() && forking.isPresent();
    }

    /** What is needed to fork a guest, or to save one. */
    record Plan(Templates templates, Forking forking, TemplateKey key) {
        /** Counts a fork that failed, and removes its template. */
        void failed() {
            FAILED_FORKS.merge(key.name(), 1, Integer::sum);
            templates.discard(key);
        }

        /** Whether so many forks have failed in this process that no more are tried. */
        boolean givenUp() {
            return FAILED_FORKS.getOrDefault(key.name(), 0) >= PATIENCE;
        }

        /** Whether there is a template, usable or not: one look at the file system. */
        boolean isThere() {
            return templates.isThere(key);
        }

        /** Whether there is a template that can be used, as far as its index tells. */
        boolean isMade() {
            try (Template template = templates.find(key).orElse(null)) {
                return template != null;
            } catch (IOException e) {
                throw new VmException("closing the template of " + key.name() + " failed: " + e.getMessage(), e);
            }
        }

        void worked() {
            FAILED_FORKS.remove(key.name());
        }
    }

    /** The plan for such a guest; empty when templates are off, the backend has none, or its forks keep failing. */
    Optional<Plan> plan(Variant variant, VmSpec spec) {
        // A template is copied into place, which the kernel does not do for huge pages.
        if (templates.isEmpty() || forking.isEmpty() || spec.hugePages()) {
            return Optional.empty();
        }
        Map<String, String> identity = new LinkedHashMap<>(forking.get().identity(spec));
        identity.put("kernelSha256", variant.kernel().sha256());
        identity.put("kernelLabel", variant.kernel().label());
        identity.put("topology", variant.topology().toString());
        identity.put("memoryMb", Integer.toString(variant.memoryMb()));
        identity.put("protocol", Long.toHexString(Wire.PROTOCOL_HASH));
        TemplateKey key = TemplateKey.of(identity);
        return Optional.of(new Plan(templates.get(), forking.get(), key)).filter(plan -> !plan.givenUp());
    }

    /** Whether a guest that printed this may become a template. */
    static boolean sound(byte[] console) {
        return !TROUBLE.matcher(new String(console, StandardCharsets.UTF_8)).find();
    }

    /**
     * A wake-up: the time now, and randomness that no other guest gets, unless {@code -Dktstr.template.seed} asks for the same
     * again.
     */
    Wake wake() {
        Random random = options.get("template.seed")
                .<Random>map(text -> new Random(seed(text)))
                .orElse(RANDOM);
        byte[] entropy = new byte[ENTROPY_BYTES];
        random.nextBytes(entropy);
        long delay = (long) (random.nextDouble() * MAX_DELAY_NS);
        Instant now = Instant.now();
        return new Wake(now.getEpochSecond() * 1_000_000_000 + now.getNano(), Blob.of(entropy), delay);
    }

    private static long seed(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw RunException.setup("options", "-Dktstr.template.seed=" + text + " is not a whole number.");
        }
    }
}
