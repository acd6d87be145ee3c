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
package org.pinion.libp2p.host;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.api.StreamHandler;
import org.pinion.libp2p.host.Misbehaviour.Fault;
import org.pinion.libp2p.host.multistream.TrafficCounter;
import org.pinion.libp2p.host.peerstore.MemoryPeerstore;
import org.pinion.libp2p.host.swarm.MuxedConnection;
import org.pinion.libp2p.host.swarm.Swarm;
import org.pinion.libp2p.host.swarm.Upgrader;
import org.pinion.libp2p.host.yamux.YamuxStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the connections of a host report: streams go to their handlers, the rest to its parts. On event loops. */
final class ConnectionEvents implements Upgrader.Events {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.libp2p.host");

    /** The parts of the host. */
    interface Parts {
        /** Who serves which protocol. */
        Map<String, StreamHandler> handlers();

        MemoryPeerstore peerstore();

        Swarm swarm();

        Misbehaviour misbehaviour();

        TrafficCounter traffic();

        /** A connection is up. */
        void connected(MuxedConnection connection);
    }

    private final Parts host;

    ConnectionEvents(Parts host) {
        this.host = host;
    }

    @Override
    public Set<String> of(PeerId peer) {
        return host.peerstore().protocols(peer);
    }

    @Override
    public TrafficCounter traffic() {
        return host.traffic();
    }

    @Override
    public boolean connectionOpened(MuxedConnection connection) {
        if (!host.swarm().add(connection)) {
            return false;
        }
        LOG.debug("{} is up", connection);
        host.peerstore().connected(connection.remotePeer(), true, SelfDescription.IDENTIFIED_TTL);
        host.connected(connection);
        return true;
    }

    @Override
    public void streamOpened(MuxedConnection connection, YamuxStream stream) {
        connection.accept(stream, host.handlers()::containsKey).whenComplete((agreed, error) -> {
            if (error != null) {
                streamFailed(connection.remotePeer(), error);
            } else {
                serve(agreed);
            }
        });
    }

    private void serve(Stream stream) {
        StreamHandler handler = host.handlers().get(stream.protocol());
        if (handler == null) {
            stream.reset(Stream.RESET_NEGOTIATION_FAILED);
            return;
        }
        try {
            handler.accept(stream);
        } catch (RejectedExecutionException e) {
            LOG.debug("the host is closed, {} is not served", stream.protocol());
            stream.reset(Stream.RESET_NONE);
        } catch (RuntimeException e) {
            LOG.warn("the handler of {} failed on a stream of {}", stream.protocol(), stream.remotePeer(), e);
            stream.reset(Stream.RESET_NONE);
        }
    }

    private void streamFailed(PeerId peer, Throwable error) {
        // with a cause it is the end of the whole connection, which is told there
        if (error instanceof NetworkException known
                && known.reason() == Reason.PROTOCOL_VIOLATION
                && known.getCause() == null) {
            host.misbehaviour().report(peer, Fault.MESSAGE, "a stream was reset: " + error.getMessage());
        } else {
            LOG.debug("inbound stream of {}: {}", peer, error.getMessage());
        }
    }

    @Override
    public void streamRefused(MuxedConnection connection, int openStreams) {
        host.misbehaviour()
                .report(
                        connection.remotePeer(),
                        Fault.STREAMS,
                        "streams are reset, it has " + openStreams + " open, the limit of a connection");
    }

    @Override
    public void connectionClosed(MuxedConnection connection, NetworkException reason) {
        PeerId peer = connection.remotePeer();
        String what = connection + " is closed: " + reason.getMessage();
        switch (reason.reason()) {
            case PROTOCOL_VIOLATION -> host.misbehaviour().report(peer, Fault.CONNECTION, what);
            case LIMIT -> host.misbehaviour().report(peer, Fault.LIMIT, what);
            default -> LOG.debug("{}", what);
        }
        if (host.swarm().remove(connection)) {
            host.peerstore().connected(peer, false, SelfDescription.IDENTIFIED_TTL);
        }
    }
}
