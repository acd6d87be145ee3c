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

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.exec.Cancellable;
import org.pinion.spi.exec.Lane;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This peer's own operations on their way into nodes, or into the log where they wait for a batch. One group is written at
 * a time; the next one collects meanwhile. The lane owns all fields but the queue.
 */
final class LocalWrites {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.consensus.crdt");
    private static final Duration MAX_WAIT_FOR_STORE = Duration.ofSeconds(5);
    private static final String CLOSING = "shutting down. Pin could not be written";

    private final Lane lane;
    private final Supplier<@Nullable Replica> replicas;
    private final Supplier<Settings> settings;
    private final ChangeFeed feed;
    private final Consumer<Replica.Written> announce;
    private final WriteQueue queue = new WriteQueue();
    private @Nullable Cancellable batchTimer;
    private @Nullable Cancellable waitTimer;

    /**
     * Nothing is written yet.
     *
     * @param replicas the replica as it is now, null while there is no datastore
     * @param settings as they are now
     * @param feed hears of changes that are on disk
     * @param announce hears of new nodes that are on disk
     */
    LocalWrites(
            Lane lane,
            Supplier<@Nullable Replica> replicas,
            Supplier<Settings> settings,
            ChangeFeed feed,
            Consumer<Replica.Written> announce) {
        this.lane = lane;
        this.replicas = replicas;
        this.settings = settings;
        this.feed = feed;
        this.announce = announce;
    }

    /** Queues an operation. Any thread. */
    CompletionStage<Void> submit(SetKey key, byte @Nullable [] value) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (value != null && value.length > WriteQueue.MAX_VALUE_BYTES) {
            return failed(
                    ErrorCode.TOO_LARGE,
                    "pin " + key + " takes " + value.length + " bytes, the limit is " + WriteQueue.MAX_VALUE_BYTES);
        }
        int limit = settings.get().maxQueueSize();
        switch (queue.offer(new Operation(key, value, done), limit)) {
            case FIRST -> {
                try {
                    lane.execute(this::write);
                } catch (RejectedExecutionException e) {
                    return failed(ErrorCode.UNAVAILABLE, CLOSING);
                }
            }
            case QUEUED -> {}
            case FULL -> {
                return failed(
                        ErrorCode.UNAVAILABLE,
                        "error batching item: batching max_queue_size reached. " + limit
                                + " operations wait to be written");
            }
            case CLOSED -> {
                return failed(ErrorCode.UNAVAILABLE, CLOSING);
            }
        }
        return done;
    }

    private static CompletionStage<Void> failed(ErrorCode code, String message) {
        return CompletableFuture.failedFuture(new ClusterException(code, message));
    }

    /** Writes what waited for the datastore. */
    void storeCame() {
        if (waitTimer != null) {
            waitTimer.cancel();
            waitTimer = null;
        }
        write();
    }

    private void write() {
        Replica here = replicas.get();
        if (here == null) {
            waitForStore();
            return;
        }
        WriteQueue.Group group = queue.take();
        if (group.operations().isEmpty()) {
            return;
        }
        write(here, group.operations());
        if (group.more()) {
            try {
                lane.execute(this::write);
            } catch (RejectedExecutionException e) {
                log.debug("closing writes the rest: {}", e.getMessage());
            }
        }
    }

    private void write(Replica here, List<Operation> group) {
        try {
            if (settings.get().isBatching()) {
                feed.synced(here.append(group));
                complete(group);
                flushIfDue();
            } else {
                Replica.Written written = here.commit(group);
                feed.synced(written.changes());
                complete(group);
                announce.accept(written);
            }
        } catch (RuntimeException e) {
            fail(group, ClusterException.of(e));
        }
    }

    private static void complete(List<Operation> group) {
        group.forEach(operation -> operation.done().complete(null));
    }

    private static void fail(List<Operation> group, ClusterException failure) {
        group.forEach(operation -> operation.done().completeExceptionally(failure));
    }

    private void waitForStore() {
        if (waitTimer == null) {
            waitTimer = lane.schedule(MAX_WAIT_FOR_STORE, () -> {
                waitTimer = null;
                if (replicas.get() == null) {
                    failAll("no datastore for " + MAX_WAIT_FOR_STORE.toSeconds() + " s: pins cannot be written");
                }
            });
        }
    }

    private void failAll(String reason) {
        ClusterException failure = new ClusterException(ErrorCode.UNAVAILABLE, reason);
        for (List<Operation> group = queue.take().operations(); !group.isEmpty(); ) {
            fail(group, failure);
            group = queue.take().operations();
        }
    }

    /** Makes nodes of the log when it is full, old, or no longer wanted. */
    void flushIfDue() {
        Replica here = replicas.get();
        if (here == null || here.operations().size() == 0) {
            return;
        }
        OperationLog waiting = here.operations();
        Settings now = settings.get();
        boolean full =
                !now.isBatching() || waiting.size() >= now.maxBatchSize() || waiting.bytes() >= Draft.MAX_DELTA_BYTES;
        if (full) {
            flush(here);
        } else if (batchTimer == null) {
            flushAfter(now.maxBatchAge(), here);
        }
    }

    private void flushAfter(Duration delay, Replica here) {
        batchTimer = lane.schedule(delay, () -> {
            batchTimer = null;
            if (here.equals(replicas.get())) {
                flush(here);
            }
        });
    }

    private void flush(Replica here) {
        if (batchTimer != null) {
            batchTimer.cancel();
            batchTimer = null;
        }
        try {
            Replica.Written written = here.flushLog();
            feed.synced(written.changes());
            announce.accept(written);
        } catch (RuntimeException e) {
            log.error("a batch could not be written and is tried again: {}", e.toString());
            Settings now = settings.get();
            flushAfter(now.isBatching() ? now.maxBatchAge() : now.rebroadcastInterval(), here);
        }
    }

    /** Takes no more operations. Any thread. */
    void refuse() {
        queue.close();
    }

    /** Writes what waits. */
    void finish() {
        Replica here = replicas.get();
        if (here != null) {
            for (List<Operation> group = queue.take().operations(); !group.isEmpty(); ) {
                write(here, group);
                group = queue.take().operations();
            }
            if (here.operations().size() > 0) {
                flush(here);
            }
        }
        failWaiting();
    }

    /** Fails what could not be written. */
    void failWaiting() {
        failAll(CLOSING);
    }
}
