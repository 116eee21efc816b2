package dev.ktstr.guest.wire;

/** What a frame carries. Codes are never reused. */
public enum MessageType implements WireEnum {
    /** Agent, first frame on COM2: {@link Hello}. */
    HELLO(1),
    /** Agent: it cannot go on and powers off; {@link Failure}. */
    FATAL(2),
    /** Agent: bytes the scheduler printed, raw. */
    SCHEDULER_LOG(3),
    /** Agent: {@link SchedulerExit}; all of its log was sent before. */
    SCHEDULER_EXITED(4),
    /** Agent: {@link StepDone}. */
    STEP_DONE(5),
    /** Agent: {@link WorkersDone}. */
    WORKERS(6),
    /** Agent: {@link StimulusEvent}. */
    EVENT(7),
    /** Agent: {@link PayloadDone}. */
    PAYLOAD_DONE(8),
    /** Agent, while a scenario runs: {@link HostRequest}; the host answers by {@link #HOST_DONE}. */
    HOST_REQUEST(9),
    /** Agent: the request was done; the payload is its answer. */
    OK(16),
    /** Agent: the request failed; {@link Failure}. */
    ERROR(17),
    /** Host: {@link FileBegin}; content follows. */
    FILE_BEGIN(32),
    /** Host: content of the file that was begun, raw. */
    FILE_DATA(33),
    /** Host: the file is complete; answered once. */
    FILE_END(34),
    /** Host: {@link StartScheduler}; answered by {@link StartOutcome}. */
    START_SCHEDULER(35),
    /** Host: {@link StopScheduler}; answered by {@link SchedulerExit}. */
    STOP_SCHEDULER(36),
    /** Host: {@link ScenarioPlan}; a {@link #STEP_DONE} per step, then {@link ScenarioDone}. */
    RUN(37),
    /** Host: end the guest; answered before it goes. */
    POWER_OFF(38),
    /** Host, on COM2 also while a scenario runs: {@link ExecRequest}; answered by {@link ExecOutcome}. */
    EXEC(39),
    /** Host, likewise: {@link ReadFile}; answered by raw bytes. */
    READ_FILE(40),
    /** Host, likewise: {@link WriteFile}. */
    WRITE_FILE(41),
    /** Host, on COM2: end the running scenario early. */
    ABORT(42),
    /** Host, first of all: {@link Wake}; answered by {@link Hello}, the agent's second. */
    WAKE(43),
    /** Host, on COM2: {@link HostDone}; not answered. */
    HOST_DONE(44),
    /** Host, on COM2: {@link OpPlan}, done at once; answered by {@link OpDone}. What it makes lives until {@link #LIVE_END}. */
    OP(45),
    /** Host, on COM2: {@link LiveSpawn}; answered by {@link LiveSpawned}. */
    LIVE_SPAWN(46),
    /** Host, on COM2: {@link LiveWorkers}. */
    LIVE_WORKERS(47),
    /** Host, on COM2: ends what single operations made, {@link #WORKERS} first. */
    LIVE_END(48),
    /** Host, before anything is measured: run what a scenario will run; answered by {@link Hello}, with the speed as it is then. */
    WARM_UP(49);

    private final int code;

    MessageType(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
