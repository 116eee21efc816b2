package dev.ktstr.guest;

import dev.ktstr.guest.wire.Blob;
import dev.ktstr.guest.wire.ExecOutcome;
import dev.ktstr.guest.wire.ExecRequest;
import dev.ktstr.guest.wire.FileBegin;
import dev.ktstr.guest.wire.Hello;
import dev.ktstr.guest.wire.HostDone;
import dev.ktstr.guest.wire.Layout;
import dev.ktstr.guest.wire.MessageType;
import dev.ktstr.guest.wire.ReadFile;
import dev.ktstr.guest.wire.ScenarioDone;
import dev.ktstr.guest.wire.ScenarioPlan;
import dev.ktstr.guest.wire.SchedulerExit;
import dev.ktstr.guest.wire.StartOutcome;
import dev.ktstr.guest.wire.StartScheduler;
import dev.ktstr.guest.wire.StopScheduler;
import dev.ktstr.guest.wire.Wake;
import dev.ktstr.guest.wire.Wire;
import dev.ktstr.guest.wire.WireException;
import dev.ktstr.guest.wire.WriteFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The host's conversation with the agent of one guest, from its hello to power-off.
 *
 * <p>Thread-safe. {@link #send}, {@link #startScheduler}, {@link #run}, {@link #stopScheduler} and {@link #powerOff}
 * follow one another; {@link #exec}, {@link #readFile} and {@link #writeFile} are also served while a scenario runs. The
 * owner closes it before the ports; closing does not end the guest.
 */
public final class AgentSession implements AutoCloseable {
    private static final int CHUNK = 256 << 10;
    private static final Duration FILE_TIMEOUT = Duration.ofSeconds(60);
    private static final String WAKE = "wake";
    private static final Duration GRACE = Duration.ofSeconds(20);

    private volatile Hello hello;
    private final Inbox inbox;
    private final AgentLink link;
    private final LiveWork live;
    private final Object turn = new Object();

    private AgentSession(Hello hello, Inbox inbox, AgentLink link) {
        this.hello = hello;
        this.inbox = inbox;
        this.link = link;
        this.live = new LiveWork(this, inbox.unasked());
    }

    /**
     * Waits for the agent's hello and opens a session.
     *
     * @throws GuestException TIMEOUT when it does not come in time, GUEST_ENDED when the guest ends first, PROTOCOL when
     *     the agent speaks another version or the shared window does not work, AGENT when the agent reports a failure
     */
    public static AgentSession open(GuestPorts ports, Duration helloTimeout) {
        return open(ports, helloTimeout, untouched -> {});
    }

    /**
     * The same, with something to do in between: when the agent has said hello, and before anything is sent to it. A guest may
     * be saved there.
     *
     * @param atHello given the question whether the agent still is where its hello left it, to be asked while the guest is
     *     stopped
     */
    public static AgentSession open(GuestPorts ports, Duration helloTimeout, Consumer<BooleanSupplier> atHello) {
        SerialFrames serial = new SerialFrames();
        Hello hello = Handshake.await(ports, serial, helloTimeout);
        atHello.accept(() -> Handshake.untouched(ports, serial));
        Inbox inbox = new Inbox();
        return new AgentSession(hello, inbox, new AgentLink(ports, inbox, serial));
    }

    /**
     * Opens a session with an agent that said hello before it was saved, and that now waits in a fork which is still stopped.
     *
     * @param wake left in the agent's mailbox before it runs
     * @param resume lets the guest run
     * @throws GuestException as {@link #wake}; also PROTOCOL when the saved guest was none with an agent of this build
     */
    public static AgentSession fork(GuestPorts ports, Wake wake, Runnable resume, Duration timeout) {
        Handshake.checkWindow(ports.window());
        Inbox inbox = new Inbox();
        AgentLink link = new AgentLink(ports, inbox, new SerialFrames());
        boolean open = false;
        try {
            Inbox.Pending request = inbox.expect(WAKE);
            link.send(MessageType.WAKE, request, Wire.encode(wake), System.nanoTime() + timeout.toNanos());
            resume.run();
            AgentSession session = new AgentSession(secondHello(inbox.await(request, timeout)), inbox, link);
            open = true;
            return session;
        } finally {
            if (!open) {
                link.close();
            }
        }
    }

    /**
     * Gives the guest its wall clock and randomness of its own; afterwards {@link #hello} is what the agent says now. To be
     * called before anything else is asked of it.
     *
     * @throws GuestException AGENT when the guest cannot; TIMEOUT, GUEST_ENDED
     */
    public void wake(Wake wake, Duration timeout) {
        synchronized (turn) {
            hello = secondHello(request(MessageType.WAKE, WAKE, Wire.encode(wake), timeout));
        }
    }

    /**
     * Lets the guest run what a scenario will run, until that gets no faster: an emulator has translated it then. To be called after
     * {@link #wake}, before anything is measured; afterwards {@link #hello} is what the agent says now.
     *
     * @throws GuestException TIMEOUT, GUEST_ENDED
     */
    public void warmUp(Duration timeout) {
        synchronized (turn) {
            hello = secondHello(request(MessageType.WARM_UP, "warm-up", new byte[0], timeout));
        }
    }

    private static Hello secondHello(byte[] answer) {
        return decode(Hello.class, answer, WAKE);
    }

    /** What the agent told about itself and the guest, last. */
    public Hello hello() {
        return hello;
    }

    /**
     * Puts files into the guest, in order; a file that is there already is replaced.
     *
     * @throws GuestException AGENT when the guest cannot take one, a full file system for example; also when a host file
     *     cannot be read
     */
    public void send(List<GuestFile> files, Duration timeout) {
        synchronized (turn) {
            long deadline = System.nanoTime() + timeout.toNanos();
            List<Inbox.Pending> requests = new ArrayList<>();
            for (GuestFile file : files) {
                requests.add(sendOne(file, deadline));
            }
            for (Inbox.Pending request : requests) {
                inbox.await(request, Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
            }
        }
    }

    private Inbox.Pending sendOne(GuestFile file, long deadline) {
        Inbox.Pending request = inbox.expect("send " + file.path());
        try (InputStream in = file.source().open()) {
            link.send(MessageType.FILE_BEGIN, request, Wire.encode(new FileBegin(file.path(), file.mode())), deadline);
            for (byte[] chunk = in.readNBytes(CHUNK); chunk.length > 0; chunk = in.readNBytes(CHUNK)) {
                link.send(MessageType.FILE_DATA, request, chunk, deadline);
            }
        } catch (IOException e) {
            throw new GuestException(
                    GuestException.Kind.AGENT,
                    request.stage(),
                    "Cannot read " + file.source().describe() + " to send it to the guest as " + file.path() + ": "
                            + e.getMessage(),
                    e);
        }
        link.send(MessageType.FILE_END, request, new byte[0], deadline);
        return request;
    }

    /**
     * Starts the scheduler under test and waits until it is attached.
     *
     * @param argv program (a path in the guest) and arguments
     * @throws GuestException SCHEDULER_EXITED when its process ends first, SCHEDULER_NOT_ATTACHED when the time passes
     *     first (it still runs then), AGENT when it cannot be started at all
     */
    public SchedulerAttached startScheduler(List<String> argv, Duration attachTimeout) {
        String stage = "start scheduler";
        synchronized (turn) {
            inbox.forgetScheduler();
            byte[] ask = Wire.encode(new StartScheduler(argv, attachTimeout.toNanos()));
            byte[] answer = request(MessageType.START_SCHEDULER, stage, ask, attachTimeout.plus(GRACE));
            StartOutcome outcome = decode(StartOutcome.class, answer, stage);
            long ms = outcome.elapsedNs() / 1_000_000;
            if (outcome.attached()) {
                return new SchedulerAttached(outcome.pid(), outcome.ops(), outcome.elapsedNs());
            } else if (outcome.exited()) {
                throw new GuestException(
                        GuestException.Kind.SCHEDULER_EXITED,
                        stage,
                        "The scheduler " + argv.get(0) + " " + ended(outcome.exitCode(), outcome.signal()) + " after "
                                + ms + " ms, before it attached. Its output:\n" + lastLines());
            }
            throw new GuestException(
                    GuestException.Kind.SCHEDULER_NOT_ATTACHED,
                    stage,
                    "The scheduler " + argv.get(0) + " did not attach within " + ms
                            + " ms; /sys/kernel/sched_ext/state "
                            + (outcome.state().isEmpty()
                                    ? "is not there: the kernel has no sched_ext"
                                    : "is '" + outcome.state() + "'")
                            + ". Its output:\n" + lastLines());
        }
    }

    private static String ended(int exitCode, int signal) {
        return signal != 0 ? "was ended by signal " + signal : "exited with code " + exitCode;
    }

    private String lastLines() {
        List<String> lines = schedulerLog().lines().toList();
        return lines.isEmpty()
                ? "(none)"
                : String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    }

    /** How the scheduler's process ended, or empty while it runs or when none was started. */
    public Optional<SchedulerExit> schedulerExit() {
        return inbox.schedulerExit();
    }

    /**
     * What the scheduler that was started last has printed up to now, output and error together: the first 64 KiB and the
     * last 448 KiB.
     */
    public String schedulerLog() {
        return inbox.log();
    }

    /**
     * Runs a scenario to its end.
     *
     * @param timeout for all of it; afterwards it is aborted in the guest
     * @throws GuestException AGENT when it could not be set up; TIMEOUT, GUEST_ENDED
     */
    public ScenarioResult run(ScenarioPlan plan, Duration timeout) {
        return run(plan, timeout, ScenarioListener.NONE);
    }

    /**
     * The same, with somebody who hears of events as they happen, and does what only the host can do.
     *
     * @throws GuestException likewise; AGENT also when an operation failed
     */
    public ScenarioResult run(ScenarioPlan plan, Duration timeout, ScenarioListener listener) {
        String stage = "scenario";
        synchronized (turn) {
            Inbox.Pending request = inbox.expect(stage);
            try (HostRequests requests = new HostRequests(listener, this::hostDone)) {
                inbox.listen(listener::event, requests::accept);
                long deadline = System.nanoTime() + timeout.toNanos();
                link.send(MessageType.RUN, request, checked(Wire.encode(plan), stage), deadline);
                ScenarioDone done = decode(ScenarioDone.class, inbox.await(request, timeout), stage);
                return request.collected().result(done, inbox.schedulerExit());
            } catch (GuestException e) {
                if (e.kind() == GuestException.Kind.TIMEOUT) {
                    abort(e);
                }
                throw e;
            } finally {
                inbox.listen(event -> {}, refused -> {});
            }
        }
    }

    private void hostDone(HostDone done) {
        try {
            link.sendSerial(MessageType.HOST_DONE, Inbox.Pending.unanswered("host request"), Wire.encode(done));
        } catch (GuestException e) {
            inbox.fail(e);
        }
    }

    /** Ends the running scenario, so that the agent is free again; if that fails too, says so beside the first failure. */
    private void abort(GuestException first) {
        try {
            link.sendSerial(MessageType.ABORT, Inbox.Pending.unanswered("abort"), new byte[0]);
        } catch (GuestException second) {
            first.addSuppressed(second);
        }
    }

    /** Single operations, done at once. */
    public LiveWork live() {
        return live;
    }

    /** Asks over COM2; what the agent tells meanwhile is in the request. */
    Inbox.Pending ask(MessageType type, String stage, byte[] payload, Duration timeout) {
        Inbox.Pending request = inbox.expect(stage);
        link.sendSerial(type, request, payload);
        inbox.await(request, timeout);
        return request;
    }

    /**
     * Stops the scheduler: SIGINT, then SIGTERM, then SIGKILL, within {@code timeout}. One that has ended already is no
     * error.
     *
     * @return how it ended
     * @throws GuestException AGENT when none was started or it cannot be ended
     */
    public SchedulerExit stopScheduler(Duration timeout) {
        String stage = "stop scheduler";
        synchronized (turn) {
            byte[] ask = Wire.encode(new StopScheduler(timeout.toNanos()));
            byte[] answer = request(MessageType.STOP_SCHEDULER, stage, ask, timeout.plus(GRACE));
            return decode(SchedulerExit.class, answer, stage);
        }
    }

    /**
     * Runs a command in the guest, also while a scenario runs.
     *
     * @throws GuestException AGENT when it cannot be started; TIMEOUT when it was killed because its time was up
     */
    public ExecResult exec(List<String> argv, Duration timeout) {
        String stage = "exec " + String.join(" ", argv);
        byte[] ask = Wire.encode(new ExecRequest(argv, timeout.toNanos()));
        byte[] answer = requestSerial(MessageType.EXEC, stage, ask, timeout.plus(GRACE));
        ExecOutcome outcome = decode(ExecOutcome.class, answer, stage);
        String output = new String(outcome.output().bytes(), StandardCharsets.UTF_8);
        if (outcome.timedOut()) {
            throw new GuestException(
                    GuestException.Kind.TIMEOUT,
                    stage,
                    "The command " + argv + " was killed in the guest after " + timeout.toMillis()
                            + " ms. Its output:\n" + output);
        }
        return new ExecResult(outcome.exitCode(), outcome.signal(), output);
    }

    /**
     * Reads a file of the guest, also while a scenario runs.
     *
     * @param max most bytes to read; a longer file is cut there
     * @throws GuestException AGENT when it cannot be read
     */
    public byte[] readFile(String path, int max) {
        String stage = "read " + path;
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (all.size() < max) {
            int ask = Math.min(max - all.size(), Layout.MAX_PAYLOAD);
            byte[] part = requestSerial(
                    MessageType.READ_FILE, stage, Wire.encode(new ReadFile(path, all.size(), ask)), FILE_TIMEOUT);
            if (part.length > ask) {
                throw new GuestException(
                        GuestException.Kind.PROTOCOL, stage, "The agent sent more of " + path + " than was asked for");
            }
            all.write(part, 0, part.length);
            if (part.length < ask) {
                break;
            }
        }
        return all.toByteArray();
    }

    /**
     * Writes a file of the guest by one {@code write}, as control files need it, also while a scenario runs. At most
     * about 1 MiB; {@link #send} is for more.
     *
     * @throws GuestException AGENT when it cannot be written
     */
    public void writeFile(String path, byte[] content) {
        requestSerial(
                MessageType.WRITE_FILE,
                "write " + path,
                Wire.encode(new WriteFile(path, Blob.of(content))),
                FILE_TIMEOUT);
    }

    /** Asks the agent to end the guest; returns once it has said yes, which is before the guest is gone. */
    public void powerOff(Duration timeout) {
        synchronized (turn) {
            try {
                request(MessageType.POWER_OFF, "power off", new byte[0], timeout);
            } catch (GuestException e) {
                if (e.kind() != GuestException.Kind.GUEST_ENDED) {
                    throw e; // gone before its answer was read is what was asked for
                }
            }
        }
    }

    private byte[] request(MessageType type, String stage, byte[] payload, Duration timeout) {
        Inbox.Pending request = inbox.expect(stage);
        link.send(type, request, checked(payload, stage), System.nanoTime() + timeout.toNanos());
        return inbox.await(request, timeout);
    }

    private byte[] requestSerial(MessageType type, String stage, byte[] payload, Duration timeout) {
        Inbox.Pending request = inbox.expect(stage);
        link.sendSerial(type, request, payload);
        return inbox.await(request, timeout);
    }

    private static byte[] checked(byte[] payload, String stage) {
        if (payload.length > Layout.MAX_PAYLOAD) {
            throw new IllegalArgumentException(stage + ": " + payload.length
                    + " bytes are too many for one message, at most " + Layout.MAX_PAYLOAD);
        }
        return payload;
    }

    static <T extends Record> T decode(Class<T> type, byte[] bytes, String stage) {
        try {
            return Wire.decode(type, bytes);
        } catch (WireException e) {
            throw new GuestException(
                    GuestException.Kind.PROTOCOL, stage, "The agent's answer cannot be decoded: " + e.getMessage(), e);
        }
    }

    /** Ends the session; whoever waits gets a {@link GuestException}. The guest goes on. Idempotent. */
    @Override
    public void close() {
        link.close();
    }
}
