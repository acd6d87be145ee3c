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
package org.pinion.libp2p.gossipsub;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.libp2p.api.ProtocolException;
import org.pinion.libp2p.gossipsub.Rpc.Control;
import org.pinion.libp2p.gossipsub.Rpc.Have;
import org.pinion.libp2p.gossipsub.Rpc.OtherPeer;
import org.pinion.libp2p.gossipsub.Rpc.Prune;
import org.pinion.libp2p.gossipsub.Rpc.Subscription;

/**
 * Frames of gossipsub, without the length before them. Unknown fields are skipped. The caller bounds the size of a frame;
 * here the number of elements is bounded, since an element of two bytes takes much more memory.
 */
final class RpcCodec {
    /** Elements of all lists of a frame together. */
    static final int MAX_ELEMENTS = 65_536;

    private static final int BYTES = 2;

    private RpcCodec() {}

    /** Writes the fields of a message. */
    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    // ---- writing ----

    static byte[] encode(Rpc rpc) {
        return write(256 + payloadBytes(rpc), out -> {
            for (Subscription subscription : rpc.subscriptions()) {
                out.writeByteArray(1, encode(subscription));
            }
            for (Message message : rpc.publish()) {
                out.writeByteArray(2, encode(message, true));
            }
            if (!rpc.control().isEmpty()) {
                out.writeByteArray(3, encode(rpc.control()));
            }
        });
    }

    /** The fields of a message in order; the signature covers them without itself and the key. */
    static byte[] encode(Message message, boolean withSignature) {
        byte[] data = message.data();
        return write(256 + (data == null ? 0 : data.length), out -> {
            writeIfPresent(out, 1, message.from());
            writeIfPresent(out, 2, data);
            writeIfPresent(out, 3, message.seqno());
            if (message.topic() != null) {
                out.writeString(4, message.topic());
            }
            if (withSignature) {
                writeIfPresent(out, 5, message.signature());
                writeIfPresent(out, 6, message.key());
            }
        });
    }

    private static byte[] encode(Subscription subscription) {
        // the last two fields are about partial messages, which we do not have; the reference writes them too
        return write(64, out -> {
            out.writeBool(1, subscription.subscribe());
            out.writeString(2, subscription.topic());
            out.writeBool(3, false);
            out.writeBool(4, false);
        });
    }

    private static byte[] encode(Control control) {
        return write(256, out -> {
            for (Have have : control.have()) {
                out.writeByteArray(1, write(64 + 26 * have.ids().size(), inner -> {
                    inner.writeString(1, have.topic());
                    writeIds(inner, 2, have.ids());
                }));
            }
            if (!control.want().isEmpty()) {
                out.writeByteArray(2, write(256, inner -> writeIds(inner, 1, control.want())));
            }
            for (String topic : control.graft()) {
                out.writeByteArray(3, write(64, inner -> inner.writeString(1, topic)));
            }
            for (Prune prune : control.prune()) {
                out.writeByteArray(4, encode(prune));
            }
            if (!control.dontWant().isEmpty()) {
                out.writeByteArray(5, write(64, inner -> writeIds(inner, 1, control.dontWant())));
            }
        });
    }

    private static byte[] encode(Prune prune) {
        return write(256, out -> {
            out.writeString(1, prune.topic());
            for (OtherPeer peer : prune.peers()) {
                out.writeByteArray(2, write(64, inner -> {
                    inner.writeByteArray(1, peer.id());
                    writeIfPresent(inner, 2, peer.signedRecord());
                }));
            }
            if (prune.backOffSeconds() > 0) {
                out.writeUInt64(3, prune.backOffSeconds());
            }
        });
    }

    private static void writeIds(CodedOutputStream out, int field, List<MessageId> ids) throws IOException {
        for (MessageId id : ids) {
            out.writeByteArray(field, id.bytes());
        }
    }

    private static void writeIfPresent(CodedOutputStream out, int field, byte @Nullable [] value) throws IOException {
        if (value != null) {
            out.writeByteArray(field, value);
        }
    }

    private static int payloadBytes(Rpc rpc) {
        int sum = 0;
        for (Message message : rpc.publish()) {
            byte[] data = message.data();
            sum += 256 + (data == null ? 0 : data.length);
        }
        return sum;
    }

    private static byte[] write(int expectedBytes, Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(expectedBytes);
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes, Math.min(4096, expectedBytes));
            fields.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    // ---- reading ----

    /**
     * Reads a frame.
     *
     * @throws ProtocolException if it is malformed or has too many elements; the stream must be reset
     */
    static Rpc decode(byte[] frame) {
        try {
            return new Reader(frame).rpc();
        } catch (IOException e) {
            throw ProtocolException.resetStream(
                    "malformed pubsub frame of " + frame.length + " bytes: " + e.getMessage());
        }
    }

    private static int tag(int field) {
        return field << 3 | BYTES;
    }

    /** Reads one frame. */
    private static final class Reader {
        private final CodedInputStream in;
        private int elements;

        Reader(byte[] frame) {
            in = CodedInputStream.newInstance(frame);
        }

        Rpc rpc() throws IOException {
            List<Subscription> subscriptions = new ArrayList<>();
            List<Message> publish = new ArrayList<>();
            Controls controls = new Controls();
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == tag(1)) {
                    subscriptions.add(nested(this::subscription));
                } else if (tag == tag(2)) {
                    publish.add(nested(this::message));
                } else if (tag == tag(3)) {
                    nested(() -> control(controls));
                } else {
                    skip(tag);
                }
            }
            return new Rpc(subscriptions, publish, controls.build());
        }

        private Subscription subscription() throws IOException {
            boolean subscribe = false;
            String topic = "";
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == 1 << 3) {
                    subscribe = in.readBool();
                } else if (tag == tag(2)) {
                    topic = in.readStringRequireUtf8();
                } else {
                    skip(tag);
                }
            }
            return new Subscription(subscribe, topic);
        }

        private Message message() throws IOException {
            byte[] from = null;
            byte[] data = null;
            byte[] seqno = null;
            String topic = null;
            byte[] signature = null;
            byte[] key = null;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (tag) {
                    case 1 << 3 | BYTES -> from = in.readByteArray();
                    case 2 << 3 | BYTES -> data = in.readByteArray();
                    case 3 << 3 | BYTES -> seqno = in.readByteArray();
                    case 4 << 3 | BYTES -> topic = in.readStringRequireUtf8();
                    case 5 << 3 | BYTES -> signature = in.readByteArray();
                    case 6 << 3 | BYTES -> key = in.readByteArray();
                    default -> skip(tag);
                }
            }
            return new Message(from, data, seqno, topic, signature, key);
        }

        private Controls control(Controls controls) throws IOException {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (tag) {
                    case 1 << 3 | BYTES -> controls.have.add(nested(this::have));
                    case 2 << 3 | BYTES -> nested(() -> ids(controls.want));
                    case 3 << 3 | BYTES -> controls.graft.add(nested(this::graft));
                    case 4 << 3 | BYTES -> controls.prune.add(nested(this::prune));
                    case 5 << 3 | BYTES -> nested(() -> ids(controls.dontWant));
                    default -> skip(tag);
                }
            }
            return controls;
        }

        private Have have() throws IOException {
            String topic = "";
            List<MessageId> ids = new ArrayList<>();
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == tag(1)) {
                    topic = in.readStringRequireUtf8();
                } else if (tag == tag(2)) {
                    id(ids);
                } else {
                    skip(tag);
                }
            }
            return new Have(topic, ids);
        }

        private List<MessageId> ids(List<MessageId> ids) throws IOException {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == tag(1)) {
                    id(ids);
                } else {
                    skip(tag);
                }
            }
            return ids;
        }

        private void id(List<MessageId> ids) throws IOException {
            count();
            byte[] id = in.readByteArray();
            if (id.length <= MessageId.MAX_BYTES) {
                ids.add(MessageId.of(id));
            }
        }

        private String graft() throws IOException {
            String topic = "";
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == tag(1)) {
                    topic = in.readStringRequireUtf8();
                } else {
                    skip(tag);
                }
            }
            return topic;
        }

        private Prune prune() throws IOException {
            String topic = "";
            List<OtherPeer> peers = new ArrayList<>();
            long backOffSeconds = 0;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == tag(1)) {
                    topic = in.readStringRequireUtf8();
                } else if (tag == tag(2)) {
                    peers.add(nested(this::otherPeer));
                } else if (tag == 3 << 3) {
                    backOffSeconds = in.readUInt64();
                } else {
                    skip(tag);
                }
            }
            return new Prune(topic, peers, backOffSeconds);
        }

        private OtherPeer otherPeer() throws IOException {
            byte[] id = {};
            byte[] signedRecord = null;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == tag(1)) {
                    id = in.readByteArray();
                } else if (tag == tag(2)) {
                    signedRecord = in.readByteArray();
                } else {
                    skip(tag);
                }
            }
            return new OtherPeer(id, signedRecord);
        }

        private <T> T nested(Part<T> part) throws IOException {
            count();
            int limit = in.pushLimit(in.readRawVarint32());
            T value = part.read();
            in.checkLastTagWas(0);
            in.popLimit(limit);
            return value;
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

    /** Reads the fields of a nested message up to its end. */
    private interface Part<T> {
        T read() throws IOException;
    }

    /** Collects control messages. */
    private static final class Controls {
        final List<Have> have = new ArrayList<>();
        final List<MessageId> want = new ArrayList<>();
        final List<String> graft = new ArrayList<>();
        final List<Prune> prune = new ArrayList<>();
        final List<MessageId> dontWant = new ArrayList<>();

        Control build() {
            return new Control(have, want, graft, prune, dontWant);
        }
    }
}
