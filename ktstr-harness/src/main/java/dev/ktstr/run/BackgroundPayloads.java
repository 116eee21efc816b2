package dev.ktstr.run;

import dev.ktstr.PayloadCall;
import dev.ktstr.PayloadHandle;
import dev.ktstr.PayloadResult;
import dev.ktstr.guest.LiveWork;
import dev.ktstr.guest.wire.OpKind;
import dev.ktstr.guest.wire.OpPlan;
import dev.ktstr.guest.wire.PayloadDone;
import dev.ktstr.guest.wire.PayloadPlan;
import dev.ktstr.payload.PayloadEntry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Payloads that a test's body starts and does not wait for. Used by one thread. */
final class BackgroundPayloads {
    private final PayloadRuns payloads;
    private final LiveOperations live;
    private final Consumer<List<String>> wrong;
    private int started;

    /**
     * Those of one run.
     *
     * @param wrong hears what is wrong with one that has ended
     */
    BackgroundPayloads(PayloadRuns payloads, LiveOperations live, Consumer<List<String>> wrong) {
        this.payloads = payloads;
        this.live = live;
        this.wrong = wrong;
    }

    /**
     * Starts one.
     *
     * @param limit when it is killed
     * @param grace how much longer its end may take
     */
    PayloadHandle start(PayloadCall call, Duration limit, Duration grace) {
        PayloadEntry payload = payloads.payloads().named(call.name());
        String handle = call.name() + "#" + ++started;
        PayloadPlan plan = payloads.plan(payload, handle, call.args(), "", limit);
        payloads.sendFiles();
        live.agent(agent -> agent.op(OpPlan.of(OpKind.RUN_PAYLOAD).withPayload(plan)));
        return new Handle(handle, limit.plus(grace));
    }

    /** Takes note of those that have ended; what is wrong with them. */
    List<String> ended(List<PayloadDone> ends) {
        return payloads.ended(ends).stream()
                .flatMap(result -> result.details().stream())
                .toList();
    }

    private final class Handle implements PayloadHandle {
        private final String name;
        private final Duration longest;

        Handle(String name, Duration longest) {
            this.name = name;
            this.longest = longest;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public PayloadResult await() {
            return result().orElseGet(this::awaited);
        }

        @Override
        public PayloadResult stop() {
            Optional<PayloadResult> known = result();
            if (known.isEmpty()) {
                live.agent(agent -> agent.op(OpPlan.of(OpKind.KILL_PAYLOAD).named(name)));
            }
            return known.orElseGet(this::awaited);
        }

        private PayloadResult awaited() {
            live.agent(
                    agent -> agent.op(OpPlan.of(OpKind.WAIT_PAYLOAD).named(name).within(longest.toNanos())));
            wrong.accept(ended(live.ask(LiveWork::takeEnded).payloads()));
            return result().orElseThrow(() -> new IllegalStateException(
                    "the agent says that payload '" + name + "' has ended, and does not report it"));
        }

        private Optional<PayloadResult> result() {
            return payloads.results().stream()
                    .filter(result -> result.name().equals(name))
                    .findFirst();
        }

        @Override
        public void close() {
            stop();
        }
    }
}
