package dev.ktstr.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.vm.template.TemplateKey;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReadyGuestsTest {
    private static final TemplateKey ONE = TemplateKey.of(Map.of("kernel", "a"));
    private static final TemplateKey OTHER = TemplateKey.of(Map.of("kernel", "b"));
    private static final Duration LONG = Duration.ofSeconds(30);

    private final ReadyGuests guests = new ReadyGuests();

    @Test
    void nobodyWaitsForAGuestThatIsNotBeingMadeOrIsOfAnotherKind() {
        assertThat(guests.take(ONE, LONG)).isEmpty();
        assertThat(guests.making(OTHER)).isTrue();
        assertThat(guests.take(ONE, LONG)).isEmpty();
        assertThat(guests.isReady()).isFalse();
    }

    @Test
    void oneIsMadeAtATime() {
        assertThat(guests.making(ONE)).isTrue();
        assertThat(guests.making(OTHER)).isFalse();
        guests.made(null);
        assertThat(guests.making(OTHER)).isTrue();
    }

    @Test
    void whoNeedsTheGuestThatIsBeingMadeWaitsAndGoesOnWhenItCameToNothing() throws Exception {
        assertThat(guests.making(ONE)).isTrue();
        CompletableFuture<Boolean> taken =
                CompletableFuture.supplyAsync(() -> guests.take(ONE, LONG).isPresent());
        assertThat(guests.take(ONE, Duration.ofMillis(5))).isEmpty();
        assertThat(taken).isNotDone();
        guests.made(null);
        assertThat(taken.get(30, TimeUnit.SECONDS)).isFalse();
        guests.drop();
    }
}
