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
package org.pinion.ipfsconnector.ipfshttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.pinion.spi.exec.Cancellable;
import org.pinion.spi.exec.Lane;

class GateTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final Queue<Runnable> timers = new ConcurrentLinkedQueue<>();
    private final Gate gate = new Gate("10.0.0.1:5001", new Timers());

    private CompletableFuture<Gate.Turn> enter() {
        return CompletableFuture.supplyAsync(() -> gate.enter("id", LONG));
    }

    @Test
    void allGoWhileTheNodeAnswers() {
        for (int i = 0; i < 300; i++) {
            gate.enter("id", Duration.ZERO);
        }
        assertThat(timers).isEmpty();
    }

    @Test
    void afterAFailureCallsGoOneByOne() throws Exception {
        gate.failed(gate.enter("id", LONG), "refused");
        Gate.Turn first = gate.enter("id", LONG);
        CompletableFuture<Gate.Turn> second = enter();
        gate.failed(first, "refused");
        gate.leave(second.get(10, TimeUnit.SECONDS));
        gate.leave(gate.enter("id", LONG)); // and one that tells nothing lets the next go
        gate.enter("id", LONG);
    }

    @Test
    void afterTenFailuresOneGoesASecond() throws Exception {
        for (int i = 0; i < 11; i++) {
            gate.failed(gate.enter("id", LONG), "refused");
        }
        timers.remove().run();
        Gate.Turn first = gate.enter("id", LONG);
        gate.failed(first, "no route");
        assertThatThrownBy(() -> gate.enter("pin/ls", Duration.ofMillis(1)))
                .isInstanceOf(UnreachableException.class)
                .hasMessage("the IPFS node at 10.0.0.1:5001 is away, 12 calls failed one after another, the last with:"
                        + " no route; pin/ls waited in vain for its turn");
        timers.remove().run();
        gate.enter("id", Duration.ofSeconds(10));
    }

    @Test
    void oneAnswerLetsAllGo() throws Exception {
        gate.failed(gate.enter("id", LONG), "refused");
        gate.enter("id", LONG);
        CompletableFuture<Gate.Turn> second = enter();
        CompletableFuture<Gate.Turn> third = enter();
        gate.answered();
        second.get(10, TimeUnit.SECONDS);
        third.get(10, TimeUnit.SECONDS);
    }

    private final class Timers implements Lane {
        @Override
        public void assertInside() {}

        @Override
        public Cancellable schedule(Duration delay, Runnable task) {
            assertThat(delay).isEqualTo(Duration.ofSeconds(1));
            timers.add(task);
            return () -> timers.remove(task);
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void close(Duration atMost) {}
    }
}
