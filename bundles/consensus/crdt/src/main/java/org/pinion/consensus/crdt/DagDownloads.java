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

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.api.StreamInput;
import org.pinion.libp2p.api.StreamOutput;
import org.pinion.spi.exec.Lane;
import org.pinion.spi.exec.Workers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the DAG as a {@link DagStream}: a worker reads, hashes and parses, and the lane merges meanwhile. Only a few
 * groups of nodes are in memory; then the peer has to wait.
 */
final class DagDownloads {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.consensus.crdt");
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_GROUP_NODES = 128;
    private static final int MAX_GROUP_BYTES = 128 * 1024;
    private static final int MAX_GROUPS = 4;
    private static final Duration MAX_MERGE_TIME = Duration.ofMinutes(1);

    private final Host host;
    private final Predicate<PeerId> trusted;
    private final Workers workers;
    private final Lane lane;

    DagDownloads(Host host, Predicate<PeerId> trusted, Workers workers, Lane lane) {
        this.host = host;
        this.trusted = trusted;
        this.workers = workers;
        this.lane = lane;
    }

    /** Hears of a download, in the lane. */
    interface Receiver {
        /** The next nodes, in the order they came. */
        void received(List<DagNode> nodes);

        /**
         * There will be no more; called once.
         *
         * @param fault what the peer did wrong; empty = nothing
         */
        void ended(String fault);
    }

    /** A trusted peer to ask: {@code likely} if it can be, else any that is connected; not one of {@code except}. */
    Optional<PeerId> source(Optional<PeerId> likely, Set<PeerId> except) {
        PeerId found = null;
        for (Connection connection : host.connections()) {
            PeerId peer = connection.remotePeer();
            if (!except.contains(peer)
                    && trusted.test(peer)
                    && host.peerstore().protocols(peer).contains(DagStream.PROTOCOL)) {
                found = peer;
                if (likely.equals(Optional.of(peer))) {
                    break;
                }
            }
        }
        return Optional.ofNullable(found);
    }

    /** Asks a peer. */
    Download start(PeerId peer, DagStream.Request request, Receiver receiver) {
        Download download = new Download(request, receiver);
        host.newStream(peer, List.of(DagStream.PROTOCOL)).whenComplete((stream, error) -> {
            if (stream == null) {
                download.end("");
                return;
            }
            try {
                download.opened(stream);
                workers.execute(() -> download.run(stream));
            } catch (RejectedExecutionException e) {
                stream.reset(Stream.RESET_NONE);
                download.end("");
            }
        });
        return download;
    }

    /** One stream. */
    final class Download {
        private final DagStream.Request request;
        private final Receiver receiver;
        private final Semaphore room = new Semaphore(MAX_GROUPS);
        private @Nullable Stream open;
        private boolean cancelled;

        private Download(DagStream.Request request, Receiver receiver) {
            this.request = request;
            this.receiver = receiver;
        }

        /** Takes no more; the receiver still hears of the end. Any thread. */
        void cancel() {
            Stream stream;
            synchronized (this) {
                cancelled = true;
                stream = open;
            }
            if (stream != null) {
                stream.reset(Stream.RESET_NONE);
            }
        }

        private void opened(Stream stream) {
            boolean late;
            synchronized (this) {
                open = stream;
                late = cancelled;
            }
            if (late) {
                stream.reset(Stream.RESET_NONE);
            }
        }

        private synchronized boolean isCancelled() {
            return cancelled;
        }

        private void run(Stream stream) {
            String fault = "";
            try {
                try (StreamOutput out = new StreamOutput(stream, READ_TIMEOUT)) {
                    DagStream.write(out, request);
                }
                read(new StreamInput(stream, READ_TIMEOUT));
            } catch (IllegalArgumentException e) {
                fault = String.valueOf(e.getMessage());
            } catch (NetworkException e) {
                log.debug("a stream of {} ended: {}", stream.remotePeer(), e.getMessage()); // it may be busy, or gone
            } catch (IOException e) {
                fault = isCancelled() ? "" : "the stream failed: " + e.getMessage();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RejectedExecutionException e) {
                fault = ""; // this peer closes
            }
            // nothing of it is needed any more, whole or not
            stream.reset(Stream.RESET_NONE);
            end(fault);
        }

        private void read(StreamInput in) throws IOException, InterruptedException {
            List<DagNode> group = new ArrayList<>();
            int bytes = 0;
            byte[] frame = DagStream.readFrame(in, DagStream.MAX_NODE_BYTES);
            while (frame != null) {
                group.add(DagNode.parse(Multihash.sha256(frame), frame));
                bytes += frame.length;
                if (bytes >= MAX_GROUP_BYTES || group.size() == MAX_GROUP_NODES || in.available() == 0) {
                    deliver(group);
                    group = new ArrayList<>();
                    bytes = 0;
                }
                frame = DagStream.readFrame(in, DagStream.MAX_NODE_BYTES);
            }
            deliver(group);
        }

        private void deliver(List<DagNode> group) throws IOException, InterruptedException {
            if (!room.tryAcquire(MAX_MERGE_TIME.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException("nodes were not merged within " + MAX_MERGE_TIME);
            }
            lane.execute(() -> {
                try {
                    if (!isCancelled()) {
                        receiver.received(group);
                    }
                } finally {
                    room.release();
                }
            });
        }

        private void end(String fault) {
            try {
                lane.execute(() -> receiver.ended(fault));
            } catch (RejectedExecutionException e) {
                cancel();
            }
        }
    }
}
