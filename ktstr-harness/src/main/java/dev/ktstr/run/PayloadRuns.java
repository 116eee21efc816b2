package dev.ktstr.run;

import dev.ktstr.PayloadResult;
import dev.ktstr.guest.GuestFile;
import dev.ktstr.guest.wire.HoldPlan;
import dev.ktstr.guest.wire.OpKind;
import dev.ktstr.guest.wire.OpPlan;
import dev.ktstr.guest.wire.PayloadDone;
import dev.ktstr.guest.wire.PayloadPlan;
import dev.ktstr.guest.wire.ScenarioPlan;
import dev.ktstr.guest.wire.StepPlan;
import dev.ktstr.payload.PayloadEnd;
import dev.ktstr.payload.PayloadEntry;
import dev.ktstr.payload.PayloadFacts;
import dev.ktstr.payload.PayloadJudge;
import dev.ktstr.run.encode.CustomPrograms;
import dev.ktstr.run.encode.EncodedScenario;
import dev.ktstr.run.encode.PayloadResolver;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The payloads that run in one guest: how each is called, and how each ended. Used by one thread.
 *
 * <p>What is named for the first time is sent before the scenario that names it begins.
 */
final class PayloadRuns implements PayloadResolver, CustomPrograms {
    /** Bytes kept of what a payload writes, to standard output and error each; what is more is read and counted. */
    private static final long MAX_OUTPUT = 512 << 10;

    private final TestPayloads declared;
    private final Payloads payloads;
    private final Consumer<List<GuestFile>> send;
    private final Map<String, Started> started = new HashMap<>();
    private final Map<String, String> logs = new LinkedHashMap<>();
    private final List<PayloadResult> results = new ArrayList<>();
    private final List<Map<String, Object>> facts = new ArrayList<>();

    /** Which payload a handle stands for, and how it is called. */
    private record Started(PayloadEntry payload, List<String> argv) {}

    /**
     * Of one test.
     *
     * @param declared those of its attributes
     * @param send puts files into the guest
     */
    PayloadRuns(TestPayloads declared, Payloads payloads, Consumer<List<GuestFile>> send) {
        this.declared = declared;
        this.payloads = payloads;
        this.send = send;
    }

    /** The payloads that can be named. */
    Payloads payloads() {
        return payloads;
    }

    /** What starts the test's {@code workloads} beside a scenario. They end when it does. */
    List<OpPlan> background() {
        return declared.background().stream()
                .map(payload -> OpPlan.of(OpKind.RUN_PAYLOAD)
                        .withPayload(plan(payload, payload.name(), List.of(), "", Duration.ZERO)))
                .toList();
    }

    /**
     * A scenario of one payload that is waited for, the test's {@code workloads} beside it.
     *
     * @param limit when it is killed
     * @param grace how much longer its end may take
     */
    EncodedScenario foreground(
            PayloadEntry payload,
            String handle,
            List<String> args,
            Duration limit,
            Duration grace,
            boolean schedulerRequired) {
        List<OpPlan> ops = List.of(
                OpPlan.of(OpKind.RUN_PAYLOAD).withPayload(plan(payload, handle, args, "", limit)),
                OpPlan.of(OpKind.WAIT_PAYLOAD)
                        .named(handle)
                        .within(limit.plus(grace).toNanos()));
        StepPlan step = new StepPlan(ops, List.of(), HoldPlan.fixed(0));
        return new EncodedScenario(new ScenarioPlan(background(), List.of(step), schedulerRequired, 0), List.of());
    }

    @Override
    public String name(Class<?> type) {
        return declared(type).name();
    }

    @Override
    public PayloadPlan plan(
            Class<?> type, String handle, List<String> args, String cgroup, Optional<Duration> timeout) {
        return plan(declared(type), handle, args, cgroup, timeout.orElse(Duration.ZERO));
    }

    private PayloadEntry declared(Class<?> type) {
        try {
            return payloads.of(type);
        } catch (RunException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    @Override
    public List<String> guestCommand(List<String> hostCommand) {
        try {
            return payloads.custom(hostCommand);
        } catch (RunException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /**
     * How a payload is started.
     *
     * @param handle the name that ops and results know it by; unique while it runs
     * @param args instead of its own, where there are any
     * @param cgroup where it runs, empty for the root
     * @param limit when it is killed, zero for the end of its scenario
     */
    PayloadPlan plan(PayloadEntry payload, String handle, List<String> args, String cgroup, Duration limit) {
        List<String> argv = payloads.argv(payload, args);
        started.put(handle, new Started(payload, argv));
        return new PayloadPlan(handle, argv, cgroup, limit.toNanos(), MAX_OUTPUT);
    }

    /** Puts into the guest what is not there yet. */
    void sendFiles() {
        List<GuestFile> unsent = payloads.unsent();
        if (!unsent.isEmpty()) {
            send.accept(unsent);
        }
    }

    /** Judges those that ended, and keeps what they printed. */
    List<PayloadResult> ended(List<PayloadDone> ends) {
        List<PayloadResult> judged = new ArrayList<>();
        for (PayloadDone done : ends) {
            Started known = started.get(done.name());
            if (known == null) {
                throw new IllegalStateException(
                        "the agent reports the end of a payload '" + done.name() + "' that was not started");
            }
            PayloadResult result = PayloadJudge.judge(known.payload, end(done, known.argv));
            judged.add(result);
            results.add(result);
            Map<String, Object> entry = PayloadFacts.of(known.payload, result);
            keepOutput(result, entry);
            facts.add(entry);
        }
        return judged;
    }

    private static PayloadEnd end(PayloadDone done, List<String> argv) {
        return new PayloadEnd(
                done.name(),
                argv,
                done.exitCode(),
                done.signal(),
                done.timedOut(),
                done.stopped(),
                Duration.ofNanos(Math.max(0, done.endedNs() - done.startedNs())),
                new String(done.output().bytes(), StandardCharsets.UTF_8),
                new String(done.errors().bytes(), StandardCharsets.UTF_8),
                done.outputTotal() + done.errorsTotal());
    }

    private void keepOutput(PayloadResult result, Map<String, Object> entry) {
        String stem = "payload-" + result.name().replaceAll("[^A-Za-z0-9._-]", "_") + "-" + results.size();
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put(stem + ".out", result.output());
        texts.put(stem + ".err", result.errors());
        texts.values().removeIf(String::isEmpty);
        if (!texts.isEmpty()) {
            logs.putAll(texts);
            entry.put("logs", List.copyOf(texts.keySet()));
        }
    }

    /** All that ended, in order. */
    List<PayloadResult> results() {
        return List.copyOf(results);
    }

    /** What the sidecar says of them. */
    List<Map<String, Object>> facts() {
        return facts;
    }

    /** What they printed, by the name of the run folder's file. */
    Map<String, String> logs() {
        return logs;
    }
}
