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
package org.pinion.ipfsconnector.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.datastore.ForwardingDatastore;

class SharedSyncTest {
    /** What happens within each sync. */
    private final Queue<Runnable> within = new ArrayDeque<>();

    private int syncs;

    private final SharedSync sync = new SharedSync(new ForwardingDatastore(new MemoryStore()) {
        @Override
        public void sync() {
            syncs++;
            Runnable next = within.poll();
            if (next != null) {
                next.run();
            }
        }
    });

    @Test
    void whoComesAloneSyncsAtOnce() {
        CompletableFuture<Void> alone = requested();

        assertThat(alone).isCompleted();
        assertThat(syncs).isEqualTo(1);
    }

    @Test
    void allWhoComeDuringASyncShareTheNextOne() {
        CompletableFuture<Void> second = new CompletableFuture<>();
        CompletableFuture<Void> third = new CompletableFuture<>();
        within.add(() -> {
            sync.request(second);
            sync.request(third);
            assertThat(second)
                    .as("this sync may have begun before what it wrote")
                    .isNotDone();
        });

        assertThat(requested()).isCompleted();

        assertThat(second).isCompleted();
        assertThat(third).isCompleted();
        assertThat(syncs).isEqualTo(2);
    }

    @Test
    void aFailedSyncFailsThoseWhoWaitedForItAndNobodyElse() {
        CompletableFuture<Void> second = new CompletableFuture<>();
        within.add(() -> {
            sync.request(second);
            throw new ClusterException(ErrorCode.STORAGE, "the disk is gone");
        });

        CompletableFuture<Void> first = requested();

        assertThatThrownBy(first::join).hasRootCauseMessage("the disk is gone");
        assertThat(second).isCompleted();
        assertThat(requested()).isCompleted();
    }

    private CompletableFuture<Void> requested() {
        CompletableFuture<Void> durable = new CompletableFuture<>();
        sync.request(durable);
        return durable;
    }
}
