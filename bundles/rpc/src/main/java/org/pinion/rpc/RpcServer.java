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

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Host;
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
    private static final int MAX_WAITING = 256;
    /** Calls that one peer may have open at once, so that it cannot take all workers. */
    private static final int MAX_CALLS_OF_A_PEER = 32;

    private final Host host;
    private final Components components;
    private final ServerMethods methods;
    private final Workers workers;
    private final Map<PeerId, Integer> open = new ConcurrentHashMap<>();

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
        workers.close();
    }

    private void accept(Stream stream) {
        PeerId caller = stream.remotePeer();
        if (open.merge(caller, 1, Integer::sum) > MAX_CALLS_OF_A_PEER) {
            done(caller);
            LOG.debug("call of {} refused: it has {} calls open", caller, MAX_CALLS_OF_A_PEER);
            stream.reset(Stream.RESET_RESOURCE_LIMIT);
            return;
        }
        try {
            workers.execute(() -> {
                try {
                    new ServerCall(stream, methods, components.trust).run();
                } finally {
                    done(caller);
                }
            });
        } catch (RejectedExecutionException full) {
            done(caller);
            LOG.warn("call of {} refused: {} calls run and {} wait", caller, MAX_CALLS, MAX_WAITING);
            stream.reset(Stream.RESET_RESOURCE_LIMIT);
        }
    }

    private void done(PeerId caller) {
        open.computeIfPresent(caller, (peer, calls) -> calls > 1 ? calls - 1 : null);
    }
}
