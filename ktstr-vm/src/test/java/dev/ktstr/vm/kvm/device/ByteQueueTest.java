package dev.ktstr.vm.kvm.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ByteQueueTest {
    private static final long BOUND_NS = Duration.ofSeconds(10).toNanos();

    private final ByteQueue queue = new ByteQueue(3);
    private final byte[] bytes = new byte[8];

    @Test
    void bytesComeOutInOrderAroundTheEndOfTheRing() throws InterruptedException {
        for (int i = 0; i < 10; i++) {
            assertThat(queue.offer((byte) i)).isTrue();
            assertThat(queue.offer((byte) -i)).isTrue();
            assertThat(queue.read(bytes, 1, 8, 0)).isEqualTo(2);
            assertThat(bytes[1]).isEqualTo((byte) i);
            assertThat(bytes[2]).isEqualTo((byte) -i);
        }
    }

    @Test
    void theDevicesEndNeverWaits() {
        assertThat(queue.poll()).isEqualTo(-1);
        for (int i = 0; i < 3; i++) {
            assertThat(queue.offer((byte) 200)).isTrue();
        }
        assertThat(queue.offer((byte) 1)).isFalse();
        assertThat(queue.poll()).isEqualTo(200);
    }

    @Test
    void readingWaitsForTheFirstByteOrTheTime() throws Exception {
        assertThat(queue.read(bytes, 0, 8, 1_000_000)).isZero();
        CompletableFuture<Integer> reader = CompletableFuture.supplyAsync(() -> read(queue));
        assertThat(queue.offer((byte) 1)).isTrue();
        assertThat(reader.get(10, TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    void writingWaitsForRoomOrTheTime() throws Exception {
        assertThat(queue.write(bytes, 0, 8, 1_000_000)).isEqualTo(3);
        CompletableFuture<Integer> writer = CompletableFuture.supplyAsync(() -> {
            try {
                return queue.write(bytes, 0, 2, BOUND_NS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(queue.poll()).isZero();
        assertThat(queue.poll()).isZero();
        assertThat(writer.get(10, TimeUnit.SECONDS)).isEqualTo(2);
    }

    @Test
    void closingWakesEverybodyAndWhatIsThereCanStillBeRead() throws Exception {
        CompletableFuture<Integer> reader = CompletableFuture.supplyAsync(() -> read(queue));
        queue.close();
        queue.close();
        assertThat(reader.get(10, TimeUnit.SECONDS)).isEqualTo(-1);
        assertThat(queue.write(bytes, 0, 1, BOUND_NS)).isEqualTo(-1);

        ByteQueue other = new ByteQueue(3);
        assertThat(other.offer((byte) 7)).isTrue();
        other.close();
        assertThat(other.offer((byte) 8)).isFalse();
        assertThat(read(other)).isEqualTo(1);
        assertThat(read(other)).isEqualTo(-1);
    }

    @Test
    void theDeviceLearnsOfReadsWritesAndTheEnd() throws InterruptedException {
        AtomicInteger calls = new AtomicInteger();
        queue.onHostAction(calls::incrementAndGet);
        queue.write(bytes, 0, 2, 0);
        queue.read(bytes, 0, 8, 0);
        queue.close();
        assertThat(calls).hasValue(3);
    }

    @Test
    void aQueueOfNothingIsRefused() {
        assertThatThrownBy(() -> new ByteQueue(0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static int read(ByteQueue queue) {
        try {
            return queue.read(new byte[8], 0, 8, BOUND_NS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
