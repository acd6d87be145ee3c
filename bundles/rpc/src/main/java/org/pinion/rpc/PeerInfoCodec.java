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
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.IpfsId;
import org.pinion.spi.PeerInfo;

/**
 * A peer's identity as a msgpack map.
 *
 * @spec cluster wire "Types on the wire", ID and IPFSID
 */
final class PeerInfoCodec implements Codec<PeerInfo> {
    private static final List<String> NAMES = List.of("i", "a", "cp", "cpa", "v", "c", "rv", "e", "ip", "pn");
    private static final List<String> IPFS_NAMES = List.of("i", "a", "e");

    @Override
    public void write(MsgOut out, PeerInfo info) throws IOException {
        MsgOut.Fields fields = out.fields()
                .peer("i", info.id())
                .multiaddrs("a", info.addresses())
                .peers("cp", info.clusterPeers())
                .multiaddrs("cpa", info.clusterPeerAddresses())
                .text("v", info.version())
                .text("c", info.commit())
                .text("rv", info.rpcProtocol())
                .text("e", info.error());
        IpfsId ipfs = info.ipfs();
        if (ipfs != null) {
            fields.value("ip", ipfs, PeerInfoCodec::writeIpfs);
        }
        fields.text("pn", info.peername()).end();
    }

    @Override
    public PeerInfo read(MsgIn in) throws IOException {
        Fields fields = new Fields();
        in.fields(NAMES, name -> fields.read(name, in));
        return new PeerInfo(
                Codecs.required(fields.id, "the peer's id"),
                fields.addresses,
                fields.clusterPeers,
                fields.clusterPeerAddresses,
                fields.version,
                fields.commit,
                fields.rpcProtocol,
                fields.error,
                fields.ipfs,
                fields.peername);
    }

    @Override
    public void writeZero(MsgOut out) throws IOException {
        out.emptyMap();
    }

    private static void writeIpfs(MsgOut out, IpfsId ipfs) throws IOException {
        out.fields()
                .peer("i", ipfs.id())
                .multiaddrs("a", ipfs.addresses())
                .text("e", ipfs.error())
                .end();
    }

    private static IpfsId readIpfs(MsgIn in) throws IOException {
        Fields fields = new Fields();
        in.fields(IPFS_NAMES, name -> {
            switch (name) {
                case "i" -> fields.id = in.peerId();
                case "a" -> fields.addresses = in.multiaddrs();
                case "e" -> fields.error = in.text();
                default -> {
                    return false;
                }
            }
            return true;
        });
        return new IpfsId(fields.id, fields.addresses, fields.error);
    }

    private static final class Fields {
        private @Nullable PeerId id;
        private List<Multiaddr> addresses = List.of();
        private List<PeerId> clusterPeers = List.of();
        private List<Multiaddr> clusterPeerAddresses = List.of();
        private String version = "";
        private String commit = "";
        private String rpcProtocol = "";
        private String error = "";
        private @Nullable IpfsId ipfs;
        private String peername = "";

        boolean read(String name, MsgIn in) throws IOException {
            switch (name) {
                case "i" -> id = in.peerId();
                case "a" -> addresses = in.multiaddrs();
                case "cp" -> clusterPeers = in.peerIds();
                case "cpa" -> clusterPeerAddresses = in.multiaddrs();
                case "v" -> version = in.text();
                case "c" -> commit = in.text();
                case "rv" -> rpcProtocol = in.text();
                case "e" -> error = in.text();
                case "ip" -> ipfs = readIpfs(in);
                case "pn" -> peername = in.text();
                default -> {
                    return false;
                }
            }
            return true;
        }
    }
}
