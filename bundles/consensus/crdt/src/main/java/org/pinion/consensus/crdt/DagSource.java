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

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.dag.DagPb;
import org.pinion.ipld.dag.PbLink;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.api.StreamInput;
import org.pinion.libp2p.api.StreamOutput;
import org.pinion.spi.ClusterException;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.exec.Workers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the DAG as a {@link DagStream}: as fast as the peer takes it, one stream for a peer, few at once, and each for a
 * limited time and number of nodes; whoever wants more asks again. Any thread.
 */
final class DagSource {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.consensus.crdt");
    static final int MAX_STREAMS = 3;
    private static final int MAX_NODES = 1 << 18;
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration MAX_TIME = Duration.ofMinutes(2);

    private final Supplier<@Nullable Datastore> store;
    private final Workers workers;
    private final LongSupplier nanos;
    private final Set<PeerId> served = new HashSet<>();

    DagSource(Supplier<@Nullable Datastore> store, Workers workers, LongSupplier nanos) {
        this.store = store;
        this.workers = workers;
        this.nanos = nanos;
    }

    /** Serves a stream that a peer opened. */
    void accept(Stream stream) {
        PeerId peer = stream.remotePeer();
        synchronized (served) {
            if (served.size() >= MAX_STREAMS || !served.add(peer)) {
                stream.reset(Stream.RESET_RESOURCE_LIMIT);
                return;
            }
        }
        try {
            workers.execute(() -> {
                try {
                    serve(stream);
                } finally {
                    left(peer);
                }
            });
        } catch (RejectedExecutionException e) {
            left(peer);
            stream.reset(Stream.RESET_RESOURCE_LIMIT);
        }
    }

    private void left(PeerId peer) {
        synchronized (served) {
            served.remove(peer);
        }
    }

    private void serve(Stream stream) {
        try (OutputStream out = new BufferedOutputStream(new StreamOutput(stream, WRITE_TIMEOUT), BUFFER_BYTES)) {
            DagStream.Request request = DagStream.readRequest(new StreamInput(stream, REQUEST_TIMEOUT));
            int sent = send(request, out);
            log.debug("sent {} nodes of the DAG to {}", sent, stream.remotePeer());
        } catch (IOException | ClusterException | IllegalArgumentException e) {
            log.debug("the DAG was not sent to {}: {}", stream.remotePeer(), e.toString());
            stream.reset(Stream.RESET_NONE);
            return;
        }
        stream.close();
    }

    /** Every node comes behind one that links to it. */
    private int send(DagStream.Request request, OutputStream out) throws IOException {
        long start = nanos.getAsLong();
        Fingerprints seen = new Fingerprints(MAX_NODES);
        Deque<Multihash> next = new ArrayDeque<>();
        for (Cid wanted : request.wanted()) {
            if (seen.add(wanted.multihash())) {
                next.add(wanted.multihash());
            }
        }
        request.here().forEach(node -> seen.add(node.multihash()));
        int sent = 0;
        for (Multihash node = next.poll(); node != null; node = next.poll()) {
            Datastore here = store.get();
            byte[] bytes = here == null ? null : here.get(Space.DAG, node.bytes());
            if (bytes == null) {
                continue;
            }
            DagStream.writeFrame(out, bytes);
            sent++;
            for (PbLink link : DagPb.decode(bytes).links()) {
                if (seen.add(link.cid().multihash())) {
                    next.add(link.cid().multihash());
                }
            }
            if (nanos.getAsLong() - start > MAX_TIME.toNanos()) {
                break;
            }
        }
        return sent;
    }

    /** The first bytes of the hashes seen so far: a node that is taken for another one is fetched otherwise. */
    static final class Fingerprints {
        private final int limit;
        private long[] slots = new long[1024];
        private int size;

        Fingerprints(int limit) {
            this.limit = limit;
        }

        /** False if it was there, or there is no room. */
        boolean add(Multihash hash) {
            byte[] bytes = hash.bytes();
            long print = 1;
            for (int i = bytes.length - 1; i >= Math.max(0, bytes.length - Long.BYTES); i--) {
                print = print << 8 | bytes[i] & 0xff;
            }
            print = print == 0 ? 1 : print;
            if (size >= limit || !put(slots, print)) {
                return false;
            }
            if (++size > slots.length / 2) {
                long[] larger = new long[2 * slots.length];
                for (long slot : slots) {
                    if (slot != 0) {
                        put(larger, slot);
                    }
                }
                slots = larger;
            }
            return true;
        }

        private static boolean put(long[] slots, long print) {
            int i = Long.hashCode(print * 0x9e3779b97f4a7c15L) & slots.length - 1;
            while (slots[i] != 0) {
                if (slots[i] == print) {
                    return false;
                }
                i = i + 1 & slots.length - 1;
            }
            slots[i] = print;
            return true;
        }
    }
}
