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
package org.pinion.libp2p.api;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;

/** Connections and streams to other peers. Any thread; completions run on an event loop. */
@ProviderType
public interface Dialer {
    /**
     * Gives the open connection to a peer, or dials it: the given addresses together with those of the peerstore, all
     * of them within the dial timeout of the settings. Calls for the same peer share one attempt. The given addresses
     * are remembered for a while.
     *
     * <p>Fails with a {@link NetworkException}: NO_ADDRESS, DIAL_FAILED (the message names every address and its
     * reason), BACK_OFF (failed shortly before and no new address was given; the cause is that failure),
     * SECRET_DIFFERS, CLOSED.
     *
     * <p>An address may lead over a relay, {@code /…/p2p/RELAY/p2p-circuit}; such addresses are tried last. The
     * connection is {@link Connection#limited limited} then unless the relay sets no limits.
     */
    CompletionStage<Connection> connect(PeerId peer, Collection<Multiaddr> addresses);

    /**
     * Opens a stream to a peer, dialing by peerstore if there is no connection. The first id of {@code protocols} that
     * the peer is known to speak is used without waiting for its answer: the peer then hears of the stream with our first
     * write, or when we start to read. When none is known they are tried in order.
     *
     * <p>Limited connections are not used: when there is no other one, and none can be made, this fails with LIMIT, as
     * on Go peers. {@link Connection#newStream} does use the very connection.
     *
     * <p>Fails with a {@link NetworkException} as {@link #connect}, or with PROTOCOL_NOT_SUPPORTED or LIMIT.
     */
    CompletionStage<Stream> newStream(PeerId peer, List<String> protocols);

    /** The open connections, in no order; there may be several to one peer. */
    Collection<Connection> connections();

    /** Closes all connections to a peer. */
    void disconnect(PeerId peer);

    /**
     * Keeps the connections of a peer when there are too many, until the result is closed. A peer that is protected
     * several times is so until all of them are closed.
     */
    default Registration protect(PeerId peer) {
        return () -> {};
    }

    /**
     * Why the last dial of a peer failed; empty when it was never dialed, or connected since, by either side. The
     * simplest way to say why a peer is missing: see {@link NetworkException#isSecretDiffers}. Bounded memory.
     */
    default Optional<NetworkException> lastFailure(PeerId peer) {
        return Optional.empty();
    }

    /**
     * Gives the addresses behind a {@code /dnsaddr} address, with the peer ids that are told there, or only those of the
     * peer that it names; every other address stands for itself. Fails with a {@link NetworkException}: NO_ADDRESS (the
     * name has none, or does not resolve), LIMIT, CLOSED.
     */
    default CompletionStage<List<Multiaddr>> resolve(Multiaddr address) {
        return CompletableFuture.completedFuture(List.of(address));
    }
}
