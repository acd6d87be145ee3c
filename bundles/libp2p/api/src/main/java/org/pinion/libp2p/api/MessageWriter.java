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
import java.util.concurrent.CompletionStage;
import org.pinion.ipld.multiformats.Varint;

/** Writes messages with an unsigned varint length before each to a stream. Any thread. */
public final class MessageWriter {
    private MessageWriter() {}

    /** Sends one message in one write; completes as {@link Stream#write}. */
    public static CompletionStage<Void> write(Stream stream, byte[] message) {
        return stream.write(frame(message));
    }

    /** The bytes of one message with its length before it. */
    public static ByteBuffer frame(byte[] message) {
        ByteBuffer out = ByteBuffer.allocate(Varint.size(message.length) + message.length);
        Varint.write(message.length, out);
        out.put(message);
        return out.flip();
    }
}
