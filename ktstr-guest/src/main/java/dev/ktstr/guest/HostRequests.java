package dev.ktstr.guest;

import dev.ktstr.guest.wire.HostDone;
import dev.ktstr.guest.wire.HostRequest;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What a running scenario asks of the host, done on one thread in the order of asking, and answered. */
final class HostRequests implements AutoCloseable {
    private final ScenarioListener listener;
    private final Consumer<HostDone> answer;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "ktstr-agent-requests");
        made.setDaemon(true);
        return made;
    });

    /**
     * Makes one.
     *
     * @param answer sends the answer; what it throws is the link's failure, which whoever runs the scenario gets anyway
     */
    HostRequests(ScenarioListener listener, Consumer<HostDone> answer) {
        this.listener = listener;
        this.answer = answer;
    }

    void accept(HostRequest request) {
        thread.execute(() -> answer.accept(new HostDone(request.id(), perform(request.name()))));
    }

    /** Why it could not be done, or nothing. */
    private String perform(String name) {
        try {
            listener.hostRequest(name);
            return "";
        } catch (RuntimeException e) {
            String message = e.getMessage();
            return message == null || message.isEmpty() ? e.getClass().getName() : message;
        }
    }

    /** Interrupts what is being done: its scenario is over. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            thread.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
