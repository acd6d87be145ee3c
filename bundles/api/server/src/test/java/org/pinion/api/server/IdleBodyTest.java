/*
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *     http://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */
package org.pinion.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IdleBodyTest {
    private final ScheduledExecutorScheduler timers = new ScheduledExecutorScheduler("timers", true);

    @BeforeEach
    void start() throws Exception {
        timers.start();
    }

    @AfterEach
    void stop() throws Exception {
        timers.stop();
    }

    /** Gives some bytes and then nothing until it is broken. */
    private static final class Stuck extends InputStream {
        private final CountDownLatch broken = new CountDownLatch(1);
        private int left = 3;

        @Override
        public int read() throws IOException {
            if (left-- > 0) {
                return 'x';
            }
            try {
                broken.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new IOException("closed");
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            target[offset] = (byte) read();
            return 1;
        }
    }

    @Test
    void aReadThatWaitsTooLongFailsWithTheReason() throws IOException {
        Stuck stuck = new Stuck();
        AtomicInteger cuts = new AtomicInteger();
        try (IdleBody body = new IdleBody(stuck, Duration.ofMillis(20), timers, reason -> {
            cuts.incrementAndGet();
            stuck.broken.countDown();
        })) {
            assertThat(body.readNBytes(3)).hasSize(3);
            assertThatThrownBy(body::read).hasMessage("no byte of the request's body came for 20ms");
        }
        assertThat(cuts).hasValue(1);
    }

    /** Runs what is scheduled when the test says so. */
    private static final class HandDriven extends ScheduledExecutorScheduler {
        private final Deque<Runnable> tasks = new ArrayDeque<>();

        @Override
        public Task schedule(Runnable task, long delay, TimeUnit unit) {
            tasks.add(task);
            return () -> tasks.remove(task);
        }
    }

    @Test
    void aBodyThatWasReadIsNotCut() throws IOException {
        AtomicInteger cuts = new AtomicInteger();
        HandDriven hand = new HandDriven();
        try (IdleBody body = new IdleBody(
                new ByteArrayInputStream(new byte[100]), Duration.ZERO, hand, reason -> cuts.incrementAndGet())) {
            assertThat(body.readAllBytes()).hasSize(100);
            assertThat(hand.tasks).hasSize(1);
            hand.tasks.remove().run();
        }
        assertThat(cuts).hasValue(0);
        assertThat(hand.tasks).isEmpty();
    }
}
