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

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.PeerInfo;
import org.pinion.spi.Pin;
import org.pinion.spi.PinInfo;
import org.pinion.spi.RepoGc;
import org.pinion.spi.RepoStat;
import org.pinion.spi.StatusFilter;
import org.pinion.spi.rpc.NodeWithMeta;
import org.pinion.spi.rpc.PeerIds;
import org.pinion.spi.rpc.StatusRows;
import org.pinion.spi.rpc.Version;

/** The codecs of all types that cross the wire, by class. */
final class Codecs {
    private static final Map<Class<?>, Codec<?>> BY_CLASS = new HashMap<>();

    static {
        add(Cid.class, bare(MsgOut::cid, in -> required(in.cid(), "a cid"), MsgOut::nil));
        add(PeerId.class, bare(MsgOut::peer, in -> required(in.peerId(), "a peer id"), MsgOut::nil));
        add(
                PeerIds.class,
                bare((out, ids) -> out.list(ids.peers(), MsgOut::peer), in -> new PeerIds(in.peerIds()), MsgOut::nil));
        add(
                StatusFilter.class,
                bare(
                        (out, filter) -> out.signed(filter.bits()),
                        in -> new StatusFilter(in.smallInteger()),
                        out -> out.signed(0)));
        add(Version.class, new VersionCodec());
        add(RepoStat.class, new RepoStatCodec());
        add(NodeWithMeta.class, new NodeCodec());
        add(RepoGc.class, new RepoGcCodec());
        add(Pin.class, new PinCodec());
        add(PinInfo.class, new PinInfoCodec());
        add(StatusRows.class, new StatusRowsCodec());
        add(PeerInfo.class, new PeerInfoCodec());
    }

    private Codecs() {}

    /** The codec of a class. */
    @SuppressWarnings("unchecked") // the map is filled by add(), which ties class and codec
    static <T> Codec<T> of(Class<T> type) {
        Codec<?> codec = BY_CLASS.get(type);
        if (codec == null) {
            throw new IllegalArgumentException("no msgpack codec for " + type.getName());
        }
        return (Codec<T>) codec;
    }

    /** The value, or an error that says what is missing. */
    static <T> T required(@Nullable T value, String what) {
        if (value == null) {
            throw new IllegalArgumentException("expected " + what + ", found nothing");
        }
        return value;
    }

    private static <T> void add(Class<T> type, Codec<T> codec) {
        BY_CLASS.put(type, codec);
    }

    private interface Zero {
        void write(MsgOut out) throws IOException;
    }

    private static <T> Codec<T> bare(MsgOut.Element<T> writer, MsgIn.Element<T> reader, Zero zero) {
        return new Codec<>() {
            @Override
            public void write(MsgOut out, T value) throws IOException {
                writer.write(out, value);
            }

            @Override
            public T read(MsgIn in) throws IOException {
                return reader.read(in);
            }

            @Override
            public void writeZero(MsgOut out) throws IOException {
                zero.write(out);
            }
        };
    }

    private static final class VersionCodec implements Codec<Version> {
        @Override
        public void write(MsgOut out, Version value) throws IOException {
            out.fields().alwaysText("v", value.version()).end();
        }

        @Override
        public Version read(MsgIn in) throws IOException {
            String[] version = {""};
            in.fields(List.of("v"), name -> {
                if (!name.equals("v")) {
                    return false;
                }
                version[0] = in.text();
                return true;
            });
            return new Version(version[0]);
        }

        @Override
        public void writeZero(MsgOut out) throws IOException {
            write(out, new Version(""));
        }
    }

    private static final class RepoStatCodec implements Codec<RepoStat> {
        @Override
        public void write(MsgOut out, RepoStat value) throws IOException {
            out.fields()
                    .unsigned("r", value.repoBytes())
                    .alwaysUnsigned("s", value.storageMaxBytes())
                    .end();
        }

        @Override
        public RepoStat read(MsgIn in) throws IOException {
            long[] bytes = new long[2];
            in.fields(List.of("r", "s"), name -> {
                switch (name) {
                    case "r" -> bytes[0] = in.integer();
                    case "s" -> bytes[1] = in.integer();
                    default -> {
                        return false;
                    }
                }
                return true;
            });
            return new RepoStat(bytes[0], bytes[1]);
        }

        @Override
        public void writeZero(MsgOut out) throws IOException {
            write(out, new RepoStat(0, 0));
        }
    }

    private static final class NodeCodec implements Codec<NodeWithMeta> {
        @Override
        public void write(MsgOut out, NodeWithMeta value) throws IOException {
            out.fields()
                    .bytes("d", value.data())
                    .cid("c", value.cid())
                    .unsigned("s", value.cumulativeBytes())
                    .end();
        }

        @Override
        public NodeWithMeta read(MsgIn in) throws IOException {
            NodeFields fields = new NodeFields();
            in.fields(List.of("d", "c", "s"), name -> {
                switch (name) {
                    case "d" -> fields.data = in.bytes();
                    case "c" -> fields.cid = in.cid();
                    case "s" -> fields.size = in.integer();
                    default -> {
                        return false;
                    }
                }
                return true;
            });
            return new NodeWithMeta(fields.data, required(fields.cid, "the block's cid"), fields.size);
        }

        @Override
        public void writeZero(MsgOut out) throws IOException {
            out.fields().cid("c", null).end();
        }

        private static final class NodeFields {
            private byte[] data = new byte[0];
            private @Nullable Cid cid;
            private long size;
        }
    }

    private static final class RepoGcCodec implements Codec<RepoGc> {
        @Override
        public void write(MsgOut out, RepoGc value) throws IOException {
            out.fields()
                    .peer("p", value.peer())
                    .text("pn", value.peername())
                    .alwaysList(
                            "k",
                            value.keys(),
                            (element, key) -> element.fields()
                                    .optionalCid("k", key.cid())
                                    .text("e", key.error())
                                    .end())
                    .text("e", value.error())
                    .end();
        }

        @Override
        public RepoGc read(MsgIn in) throws IOException {
            GcFields fields = new GcFields();
            in.fields(List.of("p", "pn", "k", "e"), name -> {
                switch (name) {
                    case "p" -> fields.peer = in.peerId();
                    case "pn" -> fields.peername = in.text();
                    case "k" -> fields.keys = in.list(RepoGcCodec::key);
                    case "e" -> fields.error = in.text();
                    default -> {
                        return false;
                    }
                }
                return true;
            });
            return new RepoGc(required(fields.peer, "the peer"), fields.peername, fields.keys, fields.error);
        }

        private static RepoGc.Removed key(MsgIn in) throws IOException {
            GcFields fields = new GcFields();
            in.fields(List.of("k", "e"), name -> {
                switch (name) {
                    case "k" -> fields.cid = in.cid();
                    case "e" -> fields.error = in.text();
                    default -> {
                        return false;
                    }
                }
                return true;
            });
            return new RepoGc.Removed(fields.cid, fields.error);
        }

        @Override
        public void writeZero(MsgOut out) throws IOException {
            out.fields().value("k", "", (element, none) -> element.nil()).end();
        }

        private static final class GcFields {
            private @Nullable PeerId peer;
            private @Nullable Cid cid;
            private String peername = "";
            private List<RepoGc.Removed> keys = List.of();
            private String error = "";
        }
    }
}
