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

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;

/** An authenticated, encrypted connection to one peer that carries many streams. Any thread. */
@ProviderType
public interface Connection {
    /** The peer at the other end; proved by its key. */
    PeerId remotePeer();

    /** The address of the other socket, without {@code /p2p}. */
    Multiaddr remoteAddress();

    /** The address of our socket, without {@code /p2p}. */
    Multiaddr localAddress();

    /** True if we dialed. */
    boolean outbound();

    /**
     * True if a relay carries it that limits its time and bytes: good for a few words, not for gossip, blocks or RPC.
     * {@link Dialer#newStream} never uses such a connection.
     */
    default boolean limited() {
        return false;
    }

    /** False once closing has begun. */
    boolean isOpen();

    /** Opens a stream on this very connection; see {@link Dialer#newStream}. */
    CompletionStage<Stream> newStream(List<String> protocols);

    /** Closes the connection and resets its streams. */
    void close();
}
