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
package org.pinion.consensus.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.pinion.consensus.crdt.WriteQueue.Offer;

class WriteQueueTest {
    private static final int MANY = 1_000_000;

    private final WriteQueue queue = new WriteQueue();

    @Test
    void onlyTheFirstOfAGroupHasToBeTaken() {
        assertThat(queue.offer(operation("a", 1), MANY)).isEqualTo(Offer.FIRST);
        assertThat(queue.offer(operation("b", 1), MANY)).isEqualTo(Offer.QUEUED);
        assertThat(keys(queue.take())).containsExactly("/a", "/b");
        assertThat(queue.offer(operation("c", 1), MANY)).isEqualTo(Offer.FIRST);
    }

    @Test
    void aGroupEndsBeforeASecondOperationOfAKey() {
        for (String key : List.of("a", "b", "a", "c", "a")) {
            queue.offer(operation(key, 1), MANY);
        }

        WriteQueue.Group first = queue.take();
        assertThat(keys(first)).containsExactly("/a", "/b");
        assertThat(first.more()).isTrue();
        assertThat(keys(queue.take())).containsExactly("/a", "/c");
        WriteQueue.Group last = queue.take();
        assertThat(keys(last)).containsExactly("/a");
        assertThat(last.more()).isFalse();
        assertThat(keys(queue.take())).isEmpty();
    }

    @Test
    void aGroupFitsIntoADelta() {
        for (int i = 0; i < 10; i++) {
            queue.offer(operation("k" + i, 200_000), MANY);
        }

        assertThat(queue.take().operations()).hasSize(2);
    }

    @Test
    void anOperationAloneIsAlwaysTaken() {
        queue.offer(operation("big", WriteQueue.MAX_VALUE_BYTES), MANY);

        assertThat(queue.take().operations()).hasSize(1);
    }

    @Test
    void theQueueIsBoundedInOperationsAndBytes() {
        assertThat(queue.offer(operation("a", 1), 1)).isEqualTo(Offer.FIRST);
        assertThat(queue.offer(operation("b", 1), 1)).isEqualTo(Offer.FULL);
        int accepted = 0;
        for (int i = 0; i < 1000; i++) {
            if (queue.offer(operation("k" + i, 500_000), MANY) == Offer.QUEUED) {
                accepted++;
            }
        }
        assertThat(accepted).isBetween(100, 140);
    }

    @Test
    void aClosedQueueTakesNothingMore() {
        queue.offer(operation("a", 1), MANY);
        queue.close();

        assertThat(queue.offer(operation("b", 1), MANY)).isEqualTo(Offer.CLOSED);
        assertThat(keys(queue.take())).containsExactly("/a");
    }

    private static Operation operation(String key, int bytes) {
        return new Operation(SetKey.of(key), new byte[bytes], new CompletableFuture<>());
    }

    private static List<String> keys(WriteQueue.Group group) {
        return group.operations().stream()
                .map(operation -> operation.key().text())
                .toList();
    }
}
