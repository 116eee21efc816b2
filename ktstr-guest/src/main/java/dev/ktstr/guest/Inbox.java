package dev.ktstr.guest;

import dev.ktstr.guest.wire.Failure;
import dev.ktstr.guest.wire.HostRequest;
import dev.ktstr.guest.wire.PayloadDone;
import dev.ktstr.guest.wire.SchedulerExit;
import dev.ktstr.guest.wire.StepDone;
import dev.ktstr.guest.wire.StimulusEvent;
import dev.ktstr.guest.wire.Wire;
import dev.ktstr.guest.wire.WireException;
import dev.ktstr.guest.wire.WorkersDone;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What has come from the agent: answers to those who wait, and what it tells unasked. Once it has {@linkplain #fail
 * failed}, everybody who waits or will wait gets that failure. Thread-safe.
 */
final class Inbox {
    /** A request on its way. */
    record Pending(int id, String stage, CompletableFuture<byte[]> answer, Collected collected) {
        /** One that is sent and forgotten. */
        static Pending unanswered(String stage) {
            return new Pending(0, stage, new CompletableFuture<>(), new Collected());
        }
    }

    /** Name of the event that a scheduler runs again. */
    private static final String SCHEDULER_STARTED = "startScheduler";

    private final Map<Integer, Pending> pending = new ConcurrentHashMap<>();
    private final AtomicInteger nextId = new AtomicInteger(1);
    private LogBuffer log = new LogBuffer();
    private final Collected unasked = new Collected();
    private volatile Consumer<StimulusEvent> onEvent = event -> {};
    private volatile Consumer<HostRequest> onRequest = request -> {};
    private @Nullable SchedulerExit exit;
    private @Nullable GuestException failure;

    /** Opens a request. */
    Pending expect(String stage) {
        Pending request = new Pending(nextId.getAndIncrement(), stage, new CompletableFuture<>(), new Collected());
        pending.put(request.id(), request);
        GuestException failed = failure();
        if (failed != null) {
            request.answer().completeExceptionally(failed);
        }
        return request;
    }

    /** Waits for a request's answer; a request that is not answered in time is forgotten. */
    byte[] await(Pending request, Duration timeout) {
        try {
            return request.answer().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new GuestException(
                    GuestException.Kind.TIMEOUT,
                    request.stage(),
                    "The agent did not answer within " + timeout.toMillis() + " ms (" + request.stage()
                            + "). Is the guest alive? Its console tells",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GuestException(
                    GuestException.Kind.TIMEOUT,
                    request.stage(),
                    "Interrupted while waiting for the agent (" + request.stage() + ")",
                    e);
        } catch (ExecutionException e) {
            throw restaged(e.getCause(), request.stage());
        } finally {
            pending.remove(request.id());
        }
    }

    /** The same failure, with what this caller was doing. */
    private static GuestException restaged(Throwable cause, String stage) {
        if (cause instanceof GuestException failure) {
            return new GuestException(failure.kind(), stage, failure.getMessage() + " (" + stage + ")", failure);
        }
        throw new IllegalStateException("requests fail with GuestException only", cause);
    }

    /** Handles one frame. */
    void accept(Frame frame) {
        try {
            switch (frame.type()) {
                case OK -> answer(frame).ifPresent(p -> p.answer().complete(frame.payload()));
                case ERROR -> {
                    String message = Wire.decode(Failure.class, frame.payload()).message();
                    answer(frame)
                            .ifPresent(p -> p.answer()
                                    .completeExceptionally(
                                            new GuestException(GuestException.Kind.AGENT, p.stage(), message)));
                }
                case FATAL ->
                    fail(new GuestException(
                            GuestException.Kind.AGENT,
                            "agent",
                            "The agent gave up: "
                                    + Wire.decode(Failure.class, frame.payload())
                                            .message()));
                case SCHEDULER_LOG -> addLog(frame.payload());
                case SCHEDULER_EXITED -> schedulerExit(Wire.decode(SchedulerExit.class, frame.payload()));
                case STEP_DONE ->
                    collected(frame)
                            .step(Wire.decode(StepDone.class, frame.payload()).report());
                case WORKERS ->
                    collected(frame)
                            .workers(Wire.decode(WorkersDone.class, frame.payload())
                                    .workers());
                case EVENT -> event(frame, Wire.decode(StimulusEvent.class, frame.payload()));
                case PAYLOAD_DONE -> collected(frame).payload(Wire.decode(PayloadDone.class, frame.payload()));
                case HOST_REQUEST -> onRequest.accept(Wire.decode(HostRequest.class, frame.payload()));
                default ->
                    fail(new GuestException(
                            GuestException.Kind.PROTOCOL,
                            "receive",
                            "The agent sent " + frame.type() + ", which is the host's to send"));
            }
        } catch (WireException e) {
            fail(new GuestException(
                    GuestException.Kind.PROTOCOL,
                    "receive",
                    "A message of the agent cannot be decoded: " + e.getMessage(),
                    e));
        }
    }

    /** The request that a frame answers; none when its caller has given up meanwhile. */
    private Optional<Pending> answer(Frame frame) {
        return Optional.ofNullable(pending.remove(frame.request()));
    }

    /** Ends all waiting, now and later. The first failure stays. */
    void fail(GuestException cause) {
        synchronized (this) {
            if (failure != null) {
                return;
            }
            failure = cause;
        }
        pending.values().forEach(p -> p.answer().completeExceptionally(cause));
    }

    /** Why nothing will come any more, or null. */
    synchronized @Nullable GuestException failure() {
        return failure;
    }

    /** What the scheduler printed. */
    synchronized String log() {
        return log.text();
    }

    private synchronized void addLog(byte[] bytes) {
        log.add(bytes);
    }

    synchronized Optional<SchedulerExit> schedulerExit() {
        return Optional.ofNullable(exit);
    }

    private synchronized void schedulerExit(@Nullable SchedulerExit value) {
        exit = value;
    }

    /** Makes ready for another scheduler: what is known of the last one is forgotten. */
    synchronized void forgetScheduler() {
        exit = null;
        log = new LogBuffer();
    }

    /** What is told in the course of a request belongs to it; the rest was not asked for. */
    private Collected collected(Frame frame) {
        Pending request = pending.get(frame.request());
        return request == null ? unasked : request.collected();
    }

    private void event(Frame frame, StimulusEvent event) {
        if (event.what().equals(SCHEDULER_STARTED)) {
            schedulerExit(null); // a scenario started it again
        }
        collected(frame).event(event);
        onEvent.accept(event);
    }

    /** What came in the course of no request that is still waited for. */
    Collected unasked() {
        return unasked;
    }

    /** Who hears of events and of the agent's requests as they come, on the link's thread. */
    void listen(Consumer<StimulusEvent> toEvents, Consumer<HostRequest> toRequests) {
        onEvent = toEvents;
        onRequest = toRequests;
    }
}
