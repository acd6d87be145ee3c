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

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;

/**
 * The DAG as a stream: who is far behind names what it wants and what it has, and gets the nodes below what it wants one
 * after another, each behind a node that links to it. Only between peers of this program; to everybody else, and when a
 * stream ends early, nodes go one by one through the block exchange.
 *
 * <pre>
 * request = varint(n) wanted, varint(n) here     each n bytes: a message as on the topic, or nothing
 * answer  = (varint(n) node)*                    until the end of the stream
 * </pre>
 *
 * No trust is needed: a node counts by its hash, and only if it is wanted.
 */
final class DagStream {
    static final String PROTOCOL = "/pinion/crdt-dag/1.0.0";
    /** As large as a block of the block exchange may be. */
    static final int MAX_NODE_BYTES = 2 << 20;

    /** More CIDs than this are not named. */
    static final int MAX_NAMED = HeadsMessage.MAX_HEADS;

    private static final int MAX_REQUEST_BYTES = 64 * MAX_NAMED;
    private static final int MAX_VARINT_BYTES = 4;

    private DagStream() {}

    /**
     * What is asked for.
     *
     * @param wanted where the walk down begins
     * @param here nodes that are not to be sent, nor what is only below them
     */
    record Request(List<Cid> wanted, List<Cid> here) {
        Request {
            wanted = List.copyOf(wanted);
            here = List.copyOf(here);
        }
    }

    static void write(OutputStream out, Request request) throws IOException {
        writeNames(out, request.wanted());
        writeNames(out, request.here());
    }

    private static void writeNames(OutputStream out, Collection<Cid> names) throws IOException {
        writeFrame(out, HeadsMessage.encode(names));
    }

    /** Fails with an IOException if the bytes are no request. */
    static Request readRequest(InputStream in) throws IOException {
        return new Request(readNames(in), readNames(in));
    }

    private static List<Cid> readNames(InputStream in) throws IOException {
        byte[] names = readFrame(in, MAX_REQUEST_BYTES);
        if (names == null) {
            throw new EOFException("the request ends early");
        }
        try {
            return names.length == 0 ? List.of() : HeadsMessage.decode(names);
        } catch (IllegalArgumentException e) {
            throw new IOException("bad request: " + e.getMessage(), e);
        }
    }

    static void writeFrame(OutputStream out, byte[] bytes) throws IOException {
        int left = bytes.length;
        while (left > 0x7f) {
            out.write(left & 0x7f | 0x80);
            left >>>= 7;
        }
        out.write(left);
        out.write(bytes);
    }

    /** The next frame, or null at the end; the length is checked before memory is taken. */
    static byte @Nullable [] readFrame(InputStream in, int maxBytes) throws IOException {
        int length = 0;
        for (int i = 0; i < MAX_VARINT_BYTES; i++) {
            int next = in.read();
            if (next < 0 && i == 0) {
                return null;
            }
            if (next < 0) {
                throw new EOFException("the stream ends inside a length");
            }
            length |= (next & 0x7f) << 7 * i;
            if (next < 0x80) {
                return readBytes(in, length, maxBytes);
            }
        }
        throw new IOException("a length takes more than " + MAX_VARINT_BYTES + " bytes");
    }

    private static byte[] readBytes(InputStream in, int length, int maxBytes) throws IOException {
        if (length > maxBytes) {
            throw new IOException("a frame of " + length + " bytes, the limit is " + maxBytes);
        }
        byte[] bytes = new byte[length];
        if (in.readNBytes(bytes, 0, length) < length) {
            throw new EOFException("the stream ends inside a frame of " + length + " bytes");
        }
        return bytes;
    }
}
