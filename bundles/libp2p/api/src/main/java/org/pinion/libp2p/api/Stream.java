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

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;
import org.pinion.ipld.multiformats.PeerId;

/**
 * An ordered two-way byte stream on a connection, with flow control in both directions. Methods may be called from any
 * thread; completions run on the event loop of the connection and must not block.
 */
@ProviderType
public interface Stream {
    /** Code of a reset without a reason. */
    long RESET_NONE = 0;
    /** Code of a reset after a failed protocol negotiation. */
    long RESET_NEGOTIATION_FAILED = 0x1001;
    /** Code of a reset because a resource limit was reached. */
    long RESET_RESOURCE_LIMIT = 0x1002;
    /** Code of a reset because the peer broke the protocol. */
    long RESET_PROTOCOL_VIOLATION = 0x1004;

    /** The negotiated protocol id. */
    String protocol();

    /** The connection that carries this stream. */
    Connection connection();

    /** The peer at the other end. */
    default PeerId remotePeer() {
        return connection().remotePeer();
    }

    /**
     * Takes the next received bytes (at least one), or empty at the end of the peer's data. One read at a time: a
     * second one while one is outstanding fails with {@link IllegalStateException}. The buffer belongs to the caller;
     * the peer may send as many bytes again once the buffer is handed over. Fails with {@link NetworkException} RESET,
     * CLOSED or PROTOCOL_NOT_SUPPORTED (a proposal made without waiting was refused).
     */
    CompletionStage<Optional<ByteBuffer>> read();

    /**
     * Sends the remaining bytes of {@code data}, which must not be changed until the stage completes. It completes when
     * the connection took the bytes under flow control; callers wait for it before they send more. What waits is
     * bounded: a write beyond 16 MiB waiting on one stream fails with LIMIT and resets the stream. Fails with {@link
     * NetworkException} RESET or CLOSED.
     */
    CompletionStage<Void> write(ByteBuffer data);

    /** Ends our data after what was written; reading goes on. */
    CompletionStage<Void> closeWrite();

    /** Aborts both directions; waiting reads and writes fail, waiting data is dropped. */
    void reset(long code);

    /** Ends our data, drops what is still received, and forgets the stream. Idempotent. */
    void close();
}
