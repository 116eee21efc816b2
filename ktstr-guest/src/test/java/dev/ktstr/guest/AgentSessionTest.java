package dev.ktstr.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ktstr.guest.wire.Blob;
import dev.ktstr.guest.wire.ExecOutcome;
import dev.ktstr.guest.wire.Failure;
import dev.ktstr.guest.wire.FileBegin;
import dev.ktstr.guest.wire.Hello;
import dev.ktstr.guest.wire.Layout;
import dev.ktstr.guest.wire.MessageType;
import dev.ktstr.guest.wire.ScenarioDone;
import dev.ktstr.guest.wire.ScenarioPlan;
import dev.ktstr.guest.wire.SchedulerExit;
import dev.ktstr.guest.wire.StartOutcome;
import dev.ktstr.guest.wire.StepDone;
import dev.ktstr.guest.wire.StepReport;
import dev.ktstr.guest.wire.Wake;
import dev.ktstr.guest.wire.Wire;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AgentSessionTest {
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final ScenarioPlan PLAN = new ScenarioPlan(List.of(), List.of(), true, 0);

    private final FakeGuest guest = new FakeGuest();

    private AgentSession open() {
        return AgentSession.open(guest.hello(), LONG);
    }

    private static GuestException failure(ThrowingCallable call) {
        return catchThrowableOfType(GuestException.class, call);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void theHelloIsReadAlsoBehindNoiseOfTheLine() {
        guest.raw(utf8("\0garbage KTF"));
        try (AgentSession session = open()) {
            assertThat(session.hello()).isEqualTo(FakeGuest.helloMessage(Wire.PROTOCOL_HASH));
        }
    }

    @Test
    void aHelloThatDoesNotComeIsATimeoutAndAGuestThatEndsIsSaidAtOnce() {
        assertThat(failure(() -> AgentSession.open(guest, SHORT)).kind()).isEqualTo(GuestException.Kind.TIMEOUT);
        guest.end();
        assertThat(failure(() -> AgentSession.open(guest, LONG)).kind()).isEqualTo(GuestException.Kind.GUEST_ENDED);
    }

    @Test
    void anAgentOfAnotherBuildIsRefusedByItsHash() {
        guest.serial(MessageType.HELLO, Wire.encode(FakeGuest.helloMessage(0xabc)));
        assertThatThrownBy(() -> AgentSession.open(guest, LONG))
                .hasMessageContaining("speaks protocol abc, this host speaks " + Long.toHexString(Wire.PROTOCOL_HASH));
    }

    @Test
    void aWindowWithoutTheAgentsMarkIsRefused() {
        guest.serial(MessageType.HELLO, Wire.encode(FakeGuest.helloMessage(Wire.PROTOCOL_HASH)));
        assertThatThrownBy(() -> AgentSession.open(guest, LONG))
                .hasMessageContaining("do not see the same shared memory");
    }

    @Test
    void anAgentThatCannotStartSaysWhy() {
        guest.serial(MessageType.FATAL, Wire.encode(new Failure("cannot open /dev/mem")));
        GuestException e = failure(() -> AgentSession.open(guest, LONG));
        assertThat(e.kind()).isEqualTo(GuestException.Kind.AGENT);
        assertThat(e).hasMessageContaining("cannot open /dev/mem");
    }

    private static final Wake WAKE = new Wake(1_700_000_000_000_000_000L, Blob.of(new byte[] {1, 2, 3}), 5);

    private static Hello helloAt(long bootNs) {
        return new Hello(Wire.PROTOCOL_HASH, "test", "6.12.0", bootNs, 2, true, List.of(), List.of());
    }

    @Test
    void aWokenGuestSaysHelloAnew() {
        List<Wake> asked = new ArrayList<>();
        guest.script(frame -> {
            asked.add(Wire.decode(Wake.class, frame.payload()));
            guest.ok(frame, helloAt(77));
        });
        try (AgentSession session = open()) {
            assertThat(session.hello().bootNs()).isEqualTo(1);
            session.wake(WAKE, LONG);
            assertThat(session.hello().bootNs()).isEqualTo(77);
        }
        assertThat(asked).containsExactly(WAKE);
    }

    @Test
    void theAgentSaysHowFastTheGuestIsOnceItIsWarm() {
        guest.script(frame -> {
            assertThat(frame.type()).isEqualTo(MessageType.WARM_UP);
            guest.ok(frame, helloAt(99));
        });
        try (AgentSession session = open()) {
            session.warmUp(LONG);
            assertThat(session.hello().bootNs()).isEqualTo(99);
        }
    }

    @Test
    void aForkFindsItsWakeUpInTheMailboxWhenItBeginsToRun() {
        guest.marks();
        List<String> order = new ArrayList<>();
        Frame[] mail = new Frame[1];
        guest.script(frame -> {
            order.add(frame.type().toString());
            mail[0] = frame;
        });
        Runnable resume = () -> {
            order.add("runs");
            guest.ok(mail[0], helloAt(78));
        };
        try (AgentSession session = AgentSession.fork(guest, WAKE, resume, LONG)) {
            assertThat(session.hello().bootNs()).isEqualTo(78);
        }
        assertThat(order).containsExactly("WAKE", "runs");
    }

    @Test
    void aForkThatCannotBeWokenOrStaysSilentIsAFailureInBoundedTime() {
        guest.marks();
        guest.script(frame -> guest.error(frame, "cannot reseed the random number generator"));
        assertThat(failure(() -> AgentSession.fork(guest, WAKE, () -> {}, LONG)))
                .hasMessageContaining("cannot reseed");
        guest.script(frame -> {});
        assertThat(failure(() -> AgentSession.fork(guest, WAKE, () -> {}, SHORT))
                        .kind())
                .isEqualTo(GuestException.Kind.TIMEOUT);
    }

    @Test
    void aForkOfAGuestWithoutOurAgentIsRefused() {
        GuestException e = failure(() -> AgentSession.fork(guest, WAKE, () -> {}, SHORT));
        assertThat(e.kind()).isEqualTo(GuestException.Kind.PROTOCOL);
    }

    @Test
    void aGuestIsUntouchedUntilTheAgentSaysAnythingBeyondItsHello() {
        List<Boolean> answers = new ArrayList<>();
        guest.hello();
        AgentSession.open(guest, LONG, untouched -> {
                    answers.add(untouched.getAsBoolean());
                    guest.event(MessageType.SCHEDULER_LOG, 0, new byte[] {'x'});
                    answers.add(untouched.getAsBoolean());
                })
                .close();
        assertThat(answers).containsExactly(true, false);
        FakeGuest talkative = new FakeGuest().hello();
        AgentSession.open(talkative, LONG, untouched -> {
                    talkative.raw(new byte[] {'x'});
                    answers.add(untouched.getAsBoolean());
                })
                .close();
        assertThat(answers).endsWith(false);
    }

    @Test
    void filesLargerThanTheRingArriveWhole() {
        byte[] content = new byte[Layout.HOST_RING_SIZE + 12345];
        new Random(1).nextBytes(content);
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        List<FileBegin> heads = new ArrayList<>();
        guest.script(frame -> {
            switch (frame.type()) {
                case FILE_BEGIN -> heads.add(Wire.decode(FileBegin.class, frame.payload()));
                case FILE_DATA -> received.writeBytes(frame.payload());
                default -> guest.ok(frame);
            }
        });
        try (AgentSession session = open()) {
            session.send(List.of(GuestFile.of("/a/b", 0755, content), GuestFile.of("/c", 0600, new byte[0])), LONG);
        }
        assertThat(heads).containsExactly(new FileBegin("/a/b", 0755), new FileBegin("/c", 0600));
        assertThat(received.toByteArray()).isEqualTo(content);
    }

    @Test
    void aFullGuestIsReportedWithTheFileItCouldNotTake() {
        guest.script(frame -> {
            if (frame.type() == MessageType.FILE_END) {
                guest.error(frame, "writing /big in the guest: No space left on device");
            }
        });
        try (AgentSession session = open()) {
            GuestException e = failure(() -> session.send(List.of(GuestFile.of("/big", 0644, new byte[9])), LONG));
            assertThat(e.kind()).isEqualTo(GuestException.Kind.AGENT);
            assertThat(e.stage()).isEqualTo("send /big");
            assertThat(e).hasMessageContaining("No space left on device");
        }
    }

    @Test
    void anUnreadableHostFileIsReportedWithItsName() {
        try (AgentSession session = open()) {
            GuestFile.Source broken = new GuestFile.Source() {
                @Override
                public InputStream open() throws java.io.IOException {
                    throw new java.io.IOException("disk on fire");
                }

                @Override
                public String describe() {
                    return "/host/file";
                }
            };
            assertThatThrownBy(() -> session.send(List.of(new GuestFile("/f", 0644, broken)), LONG))
                    .hasMessageContaining("Cannot read /host/file")
                    .hasMessageContaining("disk on fire");
        }
    }

    private void schedulerStarts(StartOutcome outcome, String output) {
        guest.script(frame -> {
            guest.event(MessageType.SCHEDULER_LOG, 0, utf8(output));
            guest.ok(frame, outcome);
        });
    }

    @Test
    void aSchedulerThatAttachesIsReportedWithItsOps() {
        schedulerStarts(new StartOutcome(7, true, false, "ktstr", "enabled", 5, 0, 0), "up\n");
        try (AgentSession session = open()) {
            assertThat(session.startScheduler(List.of("/bin/s"), LONG)).isEqualTo(new SchedulerAttached(7, "ktstr", 5));
            assertThat(session.schedulerLog()).isEqualTo("up\n");
            assertThat(session.schedulerExit()).isEmpty();
        }
    }

    @Test
    void aSchedulerThatEndsBeforeItAttachesIsReportedWithItsOutput() {
        schedulerStarts(new StartOutcome(7, false, true, "", "disabled", 3_000_000, 2, 0), "no such map\n");
        try (AgentSession session = open()) {
            GuestException e = failure(() -> session.startScheduler(List.of("/bin/s"), LONG));
            assertThat(e.kind()).isEqualTo(GuestException.Kind.SCHEDULER_EXITED);
            assertThat(e)
                    .hasMessageContaining("/bin/s exited with code 2 after 3 ms")
                    .hasMessageContaining("no such map");
        }
    }

    @Test
    void aSchedulerThatNeverAttachesIsReportedWithTheKernelsState() {
        schedulerStarts(new StartOutcome(7, false, false, "", "disabled", 9_000_000, 0, 0), "");
        try (AgentSession session = open()) {
            GuestException e = failure(() -> session.startScheduler(List.of("/bin/s"), LONG));
            assertThat(e.kind()).isEqualTo(GuestException.Kind.SCHEDULER_NOT_ATTACHED);
            assertThat(e).hasMessageContaining("did not attach within 9 ms").hasMessageContaining("is 'disabled'");
        }
    }

    @Test
    void aScenarioGivesItsStepsAndTheSchedulersDeath() {
        StepReport step = new StepReport(0, 1, 2, "disabled", "");
        SchedulerExit exit = new SchedulerExit(-1, 9, 2, 0);
        guest.script(frame -> {
            guest.event(MessageType.SCHEDULER_EXITED, 0, Wire.encode(exit));
            guest.event(MessageType.STEP_DONE, frame.request(), Wire.encode(new StepDone(step)));
            guest.ok(frame, new ScenarioDone(1, 3, 0, true));
        });
        try (AgentSession session = open()) {
            ScenarioResult result = session.run(PLAN, LONG);
            assertThat(result.steps()).containsExactly(step);
            assertThat(result.schedulerExit()).contains(exit);
            assertThat(session.schedulerExit()).contains(exit);
        }
    }

    @Test
    void aScenarioThatOverrunsIsAbortedOverCom2() {
        List<MessageType> seen = new ArrayList<>();
        guest.script(frame -> seen.add(frame.type()));
        try (AgentSession session = open()) {
            assertThat(failure(() -> session.run(PLAN, SHORT)).kind()).isEqualTo(GuestException.Kind.TIMEOUT);
        }
        assertThat(seen).containsExactly(MessageType.RUN, MessageType.ABORT);
    }

    @Test
    void aCommandIsAnsweredWhileAScenarioRuns() throws Exception {
        List<Frame> running = new ArrayList<>();
        guest.script(frame -> {
            if (frame.type() == MessageType.RUN) {
                running.add(frame);
            } else {
                guest.ok(frame, new ExecOutcome(0, 0, false, Blob.of(utf8("hi"))));
                guest.ok(running.get(0), new ScenarioDone(0, 0, 0, false));
            }
        });
        try (AgentSession session = open()) {
            List<ScenarioResult> results = new ArrayList<>();
            Thread runner = new Thread(() -> results.add(session.run(PLAN, LONG)));
            runner.start();
            while (running.isEmpty()) {
                Thread.onSpinWait(); // bounded by the test's time-out
            }
            assertThat(session.exec(List.of("echo"), LONG)).isEqualTo(new ExecResult(0, 0, "hi"));
            runner.join();
            assertThat(results).hasSize(1);
        }
    }

    @Test
    void aGuestThatEndsFailsWhoeverWaitsAndWhoeverComesLater() {
        guest.script(frame -> guest.end());
        try (AgentSession session = open()) {
            assertThat(failure(() -> session.run(PLAN, LONG)).kind()).isEqualTo(GuestException.Kind.GUEST_ENDED);
            assertThat(failure(() -> session.readFile("/x", 10)).kind()).isEqualTo(GuestException.Kind.GUEST_ENDED);
            session.powerOff(LONG); // gone is what was asked for
        }
    }

    @Test
    void theAgentsLastWordsWinOverTheNewsThatTheGuestIsGone() {
        guest.script(frame -> {
            guest.serial(MessageType.FATAL, Wire.encode(new Failure("out of memory")));
            guest.end();
        });
        try (AgentSession session = open()) {
            assertThatThrownBy(() -> session.run(PLAN, LONG)).hasMessageContaining("The agent gave up: out of memory");
        }
    }

    @Test
    void hostileRingsAreProtocolErrors() {
        byte[] wrongCrc = new Frame(MessageType.OK, 1, new byte[4]).header();
        wrongCrc[16] ^= 1;
        byte[] tooLong = new Frame(MessageType.OK, 1, new byte[0]).header();
        tooLong[15] = 0x7f;
        hostile(frame -> guest.ringBytes(wrongCrc, new byte[4]), "wrong checksum");
        hostile(frame -> guest.ringBytes(tooLong), "at most " + Layout.MAX_PAYLOAD);
        hostile(frame -> guest.ringBytes(new byte[64]), "has no frame where one should begin");
        hostile(frame -> guest.poke(Layout.AGENT_HEAD_AT, -1), "which cannot be");
        hostile(frame -> guest.poke(Layout.AGENT_HEAD_AT, Long.MAX_VALUE), "which cannot be");
        hostile(frame -> guest.event(MessageType.STEP_DONE, 0, new byte[] {1}), "cannot be decoded");
        hostile(frame -> guest.event(MessageType.RUN, 0, new byte[0]), "which is the host's to send");
        hostile(frame -> guest.raw(tooLong), "at most " + Layout.MAX_SERIAL_PAYLOAD);
    }

    /** Runs a scenario against an agent that misbehaves; each time with a new guest, as the session does not survive. */
    private void hostile(FakeGuest.Script script, String message) {
        guest.poke(Layout.AGENT_HEAD_AT, 0);
        guest.poke(Layout.AGENT_TAIL_AT, 0);
        guest.script(script);
        try (AgentSession session = open()) {
            GuestException e = failure(() -> session.run(PLAN, LONG));
            assertThat(e).hasMessageContaining(message);
            assertThat(e.kind()).isEqualTo(GuestException.Kind.PROTOCOL);
        }
    }

    @Test
    void aTailThatTheGuestMovesBeyondWhatWasSentIsAProtocolError() {
        try (AgentSession session = open()) {
            guest.poke(Layout.HOST_TAIL_AT, 99);
            assertThat(failure(() -> session.run(PLAN, LONG)).kind()).isEqualTo(GuestException.Kind.PROTOCOL);
        }
    }

    @Test
    void aTalkativeSchedulersLogKeepsItsBeginningAndItsEnd() {
        LogBuffer log = new LogBuffer();
        log.add(utf8("first\n"));
        byte[] much = new byte[LogBuffer.HEAD + LogBuffer.TAIL];
        java.util.Arrays.fill(much, (byte) '.');
        log.add(much);
        log.add(utf8("last\n"));
        assertThat(log.text()).startsWith("first\n").endsWith("last\n").contains("[11 bytes left out]");
    }

    @Test
    void closingLeavesNoThreadBehind() {
        open().close();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("ktstr-agent-"));
    }
}
