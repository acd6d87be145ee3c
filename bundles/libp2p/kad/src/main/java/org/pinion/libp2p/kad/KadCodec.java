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
package org.pinion.libp2p.kad;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.ProtocolException;
import org.pinion.libp2p.kad.KadMessage.Kind;
import org.pinion.libp2p.kad.KadMessage.Link;
import org.pinion.libp2p.kad.KadMessage.Peer;
import org.pinion.libp2p.kad.KadMessage.Value;

/**
 * Messages of the DHT. Unknown fields are skipped; so are peers and addresses that cannot be read, as the reference does.
 * The caller bounds the size of a message; here the number of elements is bounded.
 *
 * <pre>
 * message: 1 kind, 2 key, 3 value { 1 key, 2 value, 5 received }, 8 closer, 9 providers, 10 level
 * peer:    1 id, 2 addresses, 3 link
 * </pre>
 */
final class KadCodec {
    /** Peers and addresses of a message together. */
    static final int MAX_ELEMENTS = 16_384;
    /** Longer ids are no peer ids. */
    static final int MAX_ID_BYTES = 128;
    /** Longer addresses are not looked at. */
    static final int MAX_ADDRESS_BYTES = 1024;

    private static final int BYTES = 2;
    private static final int KEY = 2 << 3 | BYTES;
    private static final int VALUE = 3 << 3 | BYTES;
    private static final int CLOSER = 8 << 3 | BYTES;
    private static final int PROVIDERS = 9 << 3 | BYTES;
    private static final int LEVEL = 10 << 3;

    private KadCodec() {}

    /** Writes the fields of a message. */
    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    // ---- writing ----

    /** The bytes of a message, without its length. */
    static byte[] encode(KadMessage message) {
        return write(out -> {
            if (message.kind().ordinal() != 0) {
                out.writeEnum(1, message.kind().ordinal());
            }
            if (message.key().length > 0) {
                out.writeByteArray(2, message.key());
            }
            Value value = message.value();
            if (value != null) {
                out.writeByteArray(3, value(value));
            }
            for (Peer peer : message.closer()) {
                out.writeByteArray(8, peer(peer));
            }
            for (Peer peer : message.providers()) {
                out.writeByteArray(9, peer(peer));
            }
            if (message.level() != 0) {
                out.writeInt32(10, message.level());
            }
        });
    }

    private static byte[] value(Value value) {
        return write(out -> {
            if (value.key().length > 0) {
                out.writeByteArray(1, value.key());
            }
            if (value.value().length > 0) {
                out.writeByteArray(2, value.value());
            }
            if (!value.received().isEmpty()) {
                out.writeString(5, value.received());
            }
        });
    }

    private static byte[] peer(Peer peer) {
        return write(out -> {
            out.writeByteArray(1, peer.id().bytes());
            for (Multiaddr address : peer.addresses()) {
                out.writeByteArray(2, address.bytes());
            }
            if (peer.link() != Link.NOT_CONNECTED) {
                out.writeEnum(3, peer.link().ordinal());
            }
        });
    }

    private static byte[] write(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes, 256);
            fields.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    // ---- reading ----

    /**
     * Reads a message.
     *
     * @throws ProtocolException if it is malformed, of an unknown kind or over a limit; the stream must be reset
     */
    static KadMessage decode(byte[] message) {
        try {
            return new Reader(message).message();
        } catch (IOException e) {
            throw ProtocolException.resetStream(
                    "malformed DHT message of " + message.length + " bytes: " + e.getMessage());
        }
    }

    /** Reads the fields of a nested message up to its end. */
    private interface Part {
        void read() throws IOException;
    }

    /** Reads one message. */
    private static final class Reader {
        private final CodedInputStream in;
        private int kind;
        private byte[] key = {};
        private @Nullable Value value;
        private final List<Peer> closer = new ArrayList<>();
        private final List<Peer> providers = new ArrayList<>();
        private int level;
        private int elements;

        Reader(byte[] message) {
            in = CodedInputStream.newInstance(message);
        }

        KadMessage message() throws IOException {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (tag) {
                    case 1 << 3 -> kind = in.readEnum();
                    case KEY -> key = in.readByteArray();
                    case VALUE -> nested(this::value);
                    case CLOSER -> nested(() -> peer(closer));
                    case PROVIDERS -> nested(() -> peer(providers));
                    case LEVEL -> level = in.readInt32();
                    default -> skip(tag);
                }
            }
            if (kind < 0 || kind >= Kind.values().length) {
                throw new InvalidProtocolBufferException("unknown kind " + kind);
            }
            return new KadMessage(Kind.values()[kind], key, value, closer, providers, level);
        }

        private void value() throws IOException {
            byte[] name = {};
            byte[] content = {};
            String received = "";
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (tag) {
                    case 1 << 3 | BYTES -> name = in.readByteArray();
                    case 2 << 3 | BYTES -> content = in.readByteArray();
                    case 5 << 3 | BYTES -> received = new String(in.readByteArray(), StandardCharsets.UTF_8);
                    default -> skip(tag);
                }
            }
            value = new Value(name, content, received);
        }

        private void peer(List<Peer> target) throws IOException {
            byte[] id = {};
            List<Multiaddr> addresses = new ArrayList<>();
            int link = 0;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (tag) {
                    case 1 << 3 | BYTES -> id = in.readByteArray();
                    case 2 << 3 | BYTES -> {
                        count();
                        address(in.readByteArray(), addresses);
                    }
                    case 3 << 3 -> link = in.readEnum();
                    default -> skip(tag);
                }
            }
            PeerId peer = peerId(id);
            if (peer != null) {
                boolean known = link >= 0 && link < Link.values().length;
                target.add(new Peer(peer, addresses, known ? Link.values()[link] : Link.NOT_CONNECTED));
            }
        }

        private static @Nullable PeerId peerId(byte[] bytes) {
            if (bytes.length == 0 || bytes.length > MAX_ID_BYTES) {
                return null;
            }
            try {
                return PeerId.ofBytes(bytes);
            } catch (IllegalArgumentException e) {
                return null;
            }
        }

        private static void address(byte[] bytes, List<Multiaddr> target) {
            if (bytes.length > MAX_ADDRESS_BYTES) {
                return;
            }
            try {
                target.add(Multiaddr.ofBytes(bytes));
            } catch (IllegalArgumentException unreadable) {
                // of a protocol that this version does not know: the others may do
            }
        }

        private void nested(Part part) throws IOException {
            count();
            int limit = in.pushLimit(in.readRawVarint32());
            part.read();
            in.checkLastTagWas(0);
            in.popLimit(limit);
        }

        private void skip(int tag) throws IOException {
            int wireType = tag & 7;
            if (wireType == 3 || wireType == 4) {
                throw new InvalidProtocolBufferException("groups are not used here");
            }
            in.skipField(tag);
        }

        private void count() throws InvalidProtocolBufferException {
            if (++elements > MAX_ELEMENTS) {
                throw new InvalidProtocolBufferException("more than " + MAX_ELEMENTS + " elements");
            }
        }
    }
}
