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
package org.pinion.rpc;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.Offenders;
import org.pinion.libp2p.api.Stream;
import org.pinion.spi.cluster.Versions;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.exec.Workers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers calls of other peers: one stream, one call, one worker thread. */
@Component(service = RpcServer.class, immediate = true)
public final class RpcServer {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.rpc");
    private static final int MAX_CALLS = 64;
    private static final int MAX_WAITING = 1024;
    /** Calls of one peer that run at once, so that it cannot take all workers; further ones wait. */
    static final int MAX_CALLS_OF_A_PEER = 32;
    /** Calls of one peer that wait. */
    static final int MAX_WAITING_OF_A_PEER = 224;

    private final Host host;
    private final Components components;
    private final ServerMethods methods;
    private final Workers workers;
    private final Offenders offenders = new Offenders();
    private final Map<PeerId, Caller> callers = new HashMap<>();

    /** The open calls of one peer. */
    private static final class Caller {
        private final Deque<Stream> waiting = new ArrayDeque<>(0);
        private int running;
    }

    /** Begins to serve the RPC protocol on the cluster host. */
    @Activate
    public RpcServer(
            @Reference(target = "(pinion.host=cluster)") Host host,
            @Reference Components components,
            @Reference Executors executors) {
        this.host = host;
        this.components = components;
        methods = new ServerMethods(components);
        workers = executors.workers("rpc-server", MAX_CALLS, MAX_WAITING);
        host.handle(Versions.RPC_PROTOCOL, this::accept);
    }

    /** Stops serving; calls under way end with a reset. */
    @Deactivate
    void close() {
        host.unhandle(Versions.RPC_PROTOCOL);
        List<Stream> dropped = new ArrayList<>();
        synchronized (callers) {
            callers.values().forEach(caller -> dropped.addAll(caller.waiting));
            callers.clear();
        }
        dropped.forEach(stream -> stream.reset(Stream.RESET_NONE));
        workers.close();
    }

    private void accept(Stream stream) {
        PeerId peer = stream.remotePeer();
        boolean refused = false;
        synchronized (callers) {
            Caller caller = callers.computeIfAbsent(peer, id -> new Caller());
            if (caller.running < MAX_CALLS_OF_A_PEER) {
                caller.running++;
            } else if (caller.waiting.size() < MAX_WAITING_OF_A_PEER) {
                caller.waiting.add(stream);
                return;
            } else {
                refused = true;
            }
        }
        if (refused) {
            refuse(stream, MAX_CALLS_OF_A_PEER + " of its calls run and " + MAX_WAITING_OF_A_PEER + " wait");
        } else {
            start(peer, stream);
        }
    }

    private void start(PeerId peer, Stream stream) {
        try {
            workers.execute(() -> {
                try {
                    new ServerCall(stream, methods, components.trust, offenders).run();
                } finally {
                    done(peer);
                }
            });
        } catch (RejectedExecutionException full) {
            refuse(stream, MAX_CALLS + " calls run and " + MAX_WAITING + " wait");
            done(peer);
        }
    }

    /** A call is over: the next one of that peer has its turn. */
    private void done(PeerId peer) {
        Stream next;
        synchronized (callers) {
            Caller caller = callers.get(peer);
            if (caller == null) {
                return;
            }
            next = caller.waiting.poll();
            if (next == null && --caller.running == 0) {
                callers.remove(peer);
            }
        }
        if (next != null) {
            start(peer, next);
        }
    }

    private void refuse(Stream stream, String reason) {
        PeerId peer = stream.remotePeer();
        if (offenders.isNew(peer)) {
            LOG.warn("a call of {} is refused, further ones are not logged: {}", peer, reason);
        }
        stream.reset(Stream.RESET_RESOURCE_LIMIT);
    }
}
