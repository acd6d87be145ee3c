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
package org.pinion.ipfsconnector.ipfshttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.exec.ExecutorsComponent;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.itests.testkit.RecordedKubo;
import org.pinion.itests.testkit.RecordedKubo.Answer;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.IpfsId;
import org.pinion.spi.Pin;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;
import org.pinion.spi.PinType;
import org.pinion.spi.RepoGc.Removed;
import org.pinion.spi.RepoStat;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.ipfsconnector.IpfsConnector.IpfsPin;
import org.pinion.spi.ipfsconnector.IpfsPinStatus;

class IpfsHttpTest {
    private static final String CID = "QmWfVY9y3xjsixTgbd9AorQxH7VtMpzfx2HaWtsoUYecaX";
    private static final String OTHER = "QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH";
    private static final String PEER = "12D3KooWR4bynu2Yv2GHe5eg5MkHL3YxzDTQLg4K542AtgGSaEoy";
    private static final String ADD = "pin/add?arg=" + CID + "&recursive=true&progress=true";
    private static final String LS = "pin/ls?stream=true&arg=" + CID + "&type=recursive";
    private static final String NOT_PINNED = "path '" + CID + "' is not pinned";

    @TempDir
    Path folder;

    private final ExecutorsComponent executors = new ExecutorsComponent();
    private final Map<String, Object> section = new HashMap<>();
    private RecordedKubo kubo;
    private IpfsHttp ipfs;

    @BeforeEach
    void start() throws IOException {
        kubo = new RecordedKubo();
        section.put("node.multiaddress", kubo.address());
        restart();
    }

    private void restart() {
        if (ipfs != null) {
            ipfs.close();
        }
        ipfs = new IpfsHttp(section, executors, Optional.empty(), new SslContextFactory.Client());
    }

    @AfterEach
    void stop() throws IOException {
        ipfs.close();
        executors.close();
        kubo.close();
    }

    private static Pin pin(String cid) {
        return Pin.of(Cid.parse(cid), PinOptions.NONE);
    }

    @Test
    void idHasTheAddressesThatCanBeUnderstood() {
        kubo.on(
                "id",
                "{\"ID\":\"" + PEER + "\",\"Addresses\":[\"/ip4/1.2.3.4/tcp/4001/p2p/" + PEER
                        + "\",\"/nonsense/1\"],\"AgentVersion\":\"kubo/0.42.0\"}");
        assertThat(ipfs.id().join())
                .isEqualTo(new IpfsId(
                        PeerId.parse(PEER), List.of(Multiaddr.parse("/ip4/1.2.3.4/tcp/4001/p2p/" + PEER)), ""));
    }

    @Test
    void unreachableNodeIsNamed() throws IOException {
        String address = kubo.address();
        kubo.close();
        assertThatThrownBy(() -> ipfs.id().join())
                .cause()
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                .hasMessageContaining("127.0.0.1:" + address.substring(address.lastIndexOf('/') + 1))
                .hasMessageContaining("is it running?");
    }

    @Test
    void nodeOnAUnixSocketIsReached() throws IOException {
        try (RecordedKubo local = new RecordedKubo(folder.resolve("api.sock"))) {
            local.on("repo/stat?size-only=true", "{\"RepoSize\":7,\"StorageMax\":8}");
            section.put("node.multiaddress", local.address());
            restart();
            assertThat(ipfs.stat().join()).isEqualTo(new RepoStat(7, 8));
        }
    }

    @Test
    void errorsCarryCommandCodeAndTheNodesMessage() {
        kubo.error("repo/stat?size-only=true", "disk on fire");
        assertThatThrownBy(() -> ipfs.stat().join())
                .cause()
                .hasMessage("IPFS error (repo/stat?size-only=true). Code: 500. Message: disk on fire");
        assertThatThrownBy(() -> ipfs.swarmPeers().join())
                .cause()
                .hasMessage("IPFS request failed (is it running?) (swarm/peers). Code 404: 404 page not found");
    }

    @Test
    void answerThatDoesNotComeIsGivenUp() {
        section.put("ipfs.request.timeout", "100ms");
        restart();
        kubo.on("id", new Answer(200, List.of(), "", false));
        assertThatThrownBy(() -> ipfs.id().join())
                .cause()
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMEOUT))
                .hasMessageContaining("id");
    }

    @Test
    void pinIsDoneWhenTheNodeSaysSo() {
        kubo.error(LS, NOT_PINNED);
        kubo.on(ADD, "{\"Progress\":1}", "{\"Progress\":5}", "{\"Pins\":[\"" + CID + "\"]}");
        ipfs.pin(pin(CID)).join();
        assertThat(kubo.commands()).containsExactly(LS, ADD);
    }

    @Test
    void pinThatIsThereNeedsNoCall() {
        kubo.on(LS, "{\"Cid\":\"" + CID + "\",\"Type\":\"recursive\"}");
        ipfs.pin(pin(CID)).join();
        assertThat(kubo.commands()).containsExactly(LS);
    }

    @Test
    void directAndLimitedPinsAskForTheirDepth() {
        kubo.error("pin/ls?stream=true&arg=" + CID + "&type=direct", NOT_PINNED);
        kubo.error(LS, NOT_PINNED);
        kubo.on("pin/add?arg=" + CID + "&recursive=false&progress=true", "{\"Pins\":[\"" + CID + "\"]}");
        kubo.on("pin/add?arg=" + CID + "&max-depth=1&recursive=true&progress=true", "{\"Pins\":[\"" + CID + "\"]}");
        ipfs.pin(Pin.of(
                        Cid.parse(CID),
                        PinOptions.builder().mode(PinMode.DIRECT).build()))
                .join();
        ipfs.pin(new Pin(Cid.parse(CID), PinType.SHARD, List.of(), 1, null, null, PinOptions.NONE))
                .join();
    }

    @Test
    void failureAfterProgressIsAFailure() {
        kubo.error(LS, NOT_PINNED);
        kubo.on(ADD, new Answer(200, RecordedKubo.chunks("{\"Progress\":1}"), "block was not found", true));
        assertThatThrownBy(() -> ipfs.pin(pin(CID)).join()).cause().hasMessageContaining("block was not found");
    }

    @Test
    void pinWithoutProgressIsEndedAtBothSides() throws Exception {
        section.put("pin.timeout", "100ms");
        restart();
        kubo.error(LS, NOT_PINNED);
        kubo.on(ADD, new Answer(200, RecordedKubo.chunks("{\"Progress\":1}", "{\"Progress\":1}"), "", false));
        assertThatThrownBy(() -> ipfs.pin(pin(CID)).join())
                .cause()
                .hasMessageContaining(CID)
                .hasMessageContaining("pin_timeout");
        assertThat(kubo.left().await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void cancelledPinEndsTheCall() throws Exception {
        kubo.error(LS, NOT_PINNED);
        kubo.on(ADD, new Answer(200, RecordedKubo.chunks("{\"Progress\":1}"), "", false));
        CompletableFuture<Void> pin = ipfs.pin(pin(CID));
        while (!kubo.commands().contains(ADD)) {
            Thread.onSpinWait();
        }
        pin.cancel(true);
        assertThat(kubo.left().await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void pinUpdateIsUsedWhenTheOldPinIsThere() {
        kubo.error(LS, NOT_PINNED);
        kubo.on(
                "pin/ls?stream=true&arg=" + OTHER + "&type=recursive",
                "{\"Cid\":\"" + OTHER + "\",\"Type\":\"recursive\"}");
        String update = "pin/update?arg=" + OTHER + "&arg=" + CID + "&unpin=false";
        kubo.on(update, "{\"Pins\":[]}");
        ipfs.pin(Pin.of(
                        Cid.parse(CID),
                        PinOptions.builder().pinUpdate(Cid.parse(OTHER)).build()))
                .join();
        assertThat(kubo.commands()).contains(update).doesNotContain(ADD);
    }

    @Test
    void unpinOfWhatIsNotPinnedSucceedsAndOtherErrorsDoNot() {
        kubo.error("pin/rm?arg=" + CID, "not pinned or pinned indirectly");
        ipfs.unpin(Cid.parse(CID)).join();
        kubo.error("pin/rm?arg=" + OTHER, "locked");
        assertThatThrownBy(() -> ipfs.unpin(Cid.parse(OTHER)).join()).cause().hasMessageContaining("locked");
        section.put("unpin.disable", true);
        restart();
        assertThatThrownBy(() -> ipfs.unpin(Cid.parse(CID)).join())
                .cause()
                .hasMessage("ipfs unpinning is disallowed by configuration on this peer");
    }

    @Test
    void statusOfOnePinIsAsked() {
        kubo.error(LS, NOT_PINNED);
        assertThat(ipfs.pinStatus(pin(CID)).join()).isEqualTo(IpfsPinStatus.UNPINNED);
        kubo.on(LS, "{\"Cid\":\"bafy\",\"Type\":\"recursive\"}");
        assertThat(ipfs.pinStatus(pin(CID)).join()).isEqualTo(IpfsPinStatus.RECURSIVE);
        kubo.on(LS, "{\"Cid\":\"" + CID + "\",\"Type\":\"indirect through " + OTHER + "\"}");
        assertThat(ipfs.pinStatus(pin(CID)).join()).isEqualTo(IpfsPinStatus.INDIRECT);
        kubo.error(LS, "something else");
        assertThatThrownBy(() -> ipfs.pinStatus(pin(CID)).join()).cause().hasMessageContaining("something else");
    }

    @Test
    void listingHasAllKindsAndLateErrorsAreSeen() {
        kubo.on("pin/ls?stream=true&type=recursive", "{\"Cid\":\"" + CID + "\",\"Type\":\"recursive\"}");
        kubo.on("pin/ls?stream=true&type=direct", "{\"Cid\":\"" + OTHER + "\",\"Type\":\"direct\"}");
        Set<IpfsPinStatus> both = Set.of(IpfsPinStatus.RECURSIVE, IpfsPinStatus.DIRECT);
        assertThat(all(ipfs.pins(both)))
                .containsExactly(
                        new IpfsPin(Cid.parse(CID), IpfsPinStatus.RECURSIVE),
                        new IpfsPin(Cid.parse(OTHER), IpfsPinStatus.DIRECT));
        kubo.on("pin/ls?stream=true&type=direct", new Answer(200, List.of(), "the pinner broke", true));
        assertThatThrownBy(() -> all(ipfs.pins(both))).hasMessageContaining("the pinner broke");
    }

    private static <T> List<T> all(Cursor<T> cursor) {
        List<T> all = new ArrayList<>();
        try (cursor) {
            for (T value = cursor.next(); value != null; value = cursor.next()) {
                all.add(value);
            }
        }
        return all;
    }

    private static Block raw(String text) {
        byte[] data = text.getBytes(StandardCharsets.UTF_8);
        return new Block(Cid.v1(Cid.RAW, Multihash.sha256(data)), data);
    }

    private static Block v0(String text) {
        byte[] data = text.getBytes(StandardCharsets.UTF_8);
        return new Block(Cid.v0(Multihash.sha256(data)), data);
    }

    private static String put(String codec) {
        return "block/put?allow-big-block=true&cid-codec=" + codec + "&mhlen=32&mhtype=sha2-256&pin=false";
    }

    private static String key(Block block) {
        return "{\"Key\":\"" + block.cid().toV1() + "\",\"Size\":" + block.data().length + "}";
    }

    @Test
    void blocksArePutInGroupsOfOneFormat() {
        Block one = raw("one");
        Block two = raw("two");
        Block node = v0("node");
        kubo.on(put("raw"), key(one), key(two));
        kubo.on(put("dag-pb"), key(node));
        ipfs.putBlocks(Cursor.of(List.of(one, two, node))).join();
        // both are under way at once
        assertThat(kubo.commands()).containsExactlyInAnyOrder(put("raw"), put("dag-pb"));
        assertThat(kubo.bodies())
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .anySatisfy(body -> assertThat(body)
                        .contains("Content-Disposition: form-data; name=\"file\"; filename=\"" + one.cid() + "\"\r\n"
                                + "Content-Type: application/octet-stream\r\n\r\none\r\n")
                        .contains("\r\n\r\ntwo\r\n")
                        .endsWith("--\r\n"));
    }

    @Test
    void blockThatTheNodeDidNotStoreIsAnError() {
        Block one = raw("one");
        kubo.on(put("raw"));
        assertThatThrownBy(() -> ipfs.putBlocks(Cursor.of(List.of(one))).join())
                .cause()
                .hasMessageContaining("did not store 1 of 1");
        assertThatThrownBy(() -> ipfs.putBlocks(Cursor.empty()).join())
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("no blocks");
    }

    @Test
    void blockIsGotAndChecked() {
        Block one = raw("one");
        String command = "block/get?arg=" + one.cid();
        kubo.on(command, new Answer(200, List.of(one.data()), "", true));
        assertThat(ipfs.getBlock(one.cid()).join()).isEqualTo(one.data());
        kubo.on(command, "two");
        assertThatThrownBy(() -> ipfs.getBlock(one.cid()).join()).cause().hasMessageContaining("do not match");
    }

    @Test
    void collectionIsStreamedWithItsErrors() {
        kubo.on("repo/gc?stream-errors=true", "{\"Key\":{\"/\":\"" + CID + "\"}}", "{\"Key\":null,\"Error\":\"oops\"}");
        assertThat(all(ipfs.collectGarbage()))
                .containsExactly(new Removed(Cid.parse(CID), ""), new Removed(null, "oops"));
    }

    @Test
    void swarmIsListedAndConnectedWhateverFails() {
        kubo.on("swarm/peers", "{\"Peers\":[{\"Addr\":\"/ip4/1.2.3.4/tcp/1\",\"Peer\":\"" + PEER + "\"}]}");
        assertThat(ipfs.swarmPeers().join()).containsExactly(PeerId.parse(PEER));
        ipfs.connect(List.of(
                        Multiaddr.parse("/ip4/1.2.3.4/tcp/1/p2p/" + PEER),
                        Multiaddr.parse("/ip4/1.2.3.5/tcp/1/p2p/" + PEER)))
                .join();
        assertThat(kubo.commands())
                .contains(
                        "swarm/connect?arg=%2Fip4%2F1.2.3.4%2Ftcp%2F1%2Fp2p%2F" + PEER,
                        "swarm/connect?arg=%2Fip4%2F1.2.3.5%2Ftcp%2F1%2Fp2p%2F" + PEER);
    }

    @Test
    void pathsAreResolved() {
        kubo.on("resolve?arg=%2Fipns%2Fexample.org", "{\"Path\":\"/ipfs/" + CID + "\"}");
        kubo.on("resolve?arg=%2Fipns%2Floop", "{\"Path\":\"/ipns/other\"}");
        assertThat(ipfs.resolve("/ipns/example.org").join()).hasToString(CID);
        assertThat(ipfs.resolve(CID).join()).hasToString(CID);
        assertThat(ipfs.resolve("/ipfs/" + CID).join()).hasToString(CID);
        assertThatThrownBy(() -> ipfs.resolve("/ipns/loop").join()).cause().hasMessageContaining("/ipns/loop");
        assertThatThrownBy(() -> ipfs.resolve("/nothing").join()).cause().hasMessageContaining("/nothing");
    }
}
