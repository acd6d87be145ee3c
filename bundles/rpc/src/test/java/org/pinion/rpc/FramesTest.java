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

import static org.assertj.core.api.Assertions.assertThat;
import static org.pinion.rpc.Vectors.hex;
import static org.pinion.rpc.Vectors.in;
import static org.pinion.rpc.Vectors.written;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinion.rpc.Frames.ServiceId;
import org.pinion.spi.StatusFilter;
import org.pinion.spi.rpc.RpcException.Kind;
import org.pinion.spi.rpc.RpcMethod;
import org.pinion.spi.rpc.RpcMethods;
import org.pinion.spi.rpc.Version;

/** Requests and answers, byte for byte as the reference writes them. */
class FramesTest {
    private static final String GROUP = "gorpc";

    @Test
    void requestsWithoutAnArgumentCarryAnEmptyMap() throws IOException {
        assertThat(request(RpcMethods.CLUSTER_VERSION, null)).isEqualTo(hex(GROUP, "request Cluster.Version"));
        assertThat(request(RpcMethods.CLUSTER_ID, null)).isEqualTo(hex(GROUP, "request Cluster.ID"));
    }

    @Test
    void requestsCarryTheirArgumentBehindTheMethodsName() throws IOException {
        sameRequest(RpcMethods.CLUSTER_PEER_ADD, "request Cluster.PeerAdd");
        sameRequest(RpcMethods.TRACKER_STATUS, "request PinTracker.Status");
        sameRequest(RpcMethods.CONSENSUS_LOG_PIN, "request Consensus.LogPin");
    }

    @Test
    void streamsBeginWithTheMethodsNameAndAnyArguments() throws IOException {
        assertThat(written(out -> Frames.writeServiceId(out, ServiceId.of(RpcMethods.CLUSTER_ID_STREAM))))
                .isEqualTo(hex(GROUP, "stream open Cluster.IDStream, no arguments (then half close)"));
        assertThat(request(RpcMethods.TRACKER_STATUS_ALL, StatusFilter.ALL))
                .isEqualTo(hex(GROUP, "stream open PinTracker.StatusAll with filter 0 (then half close)"));
        sameRequest(
                RpcMethods.IPFS_BLOCK_STREAM, "stream open IPFSConnector.BlockStream with one block (then half close)");
    }

    @Test
    void successIsAHeaderWithTheMethodsNameAndTheResult() throws IOException {
        byte[] version = written(out -> {
            Frames.writeSuccess(out, ServiceId.of(RpcMethods.CLUSTER_VERSION));
            Codecs.of(Version.class).write(out, new Version("1.1.6"));
        });
        assertThat(version).isEqualTo(hex(GROUP, "response Cluster.Version"));
        byte[] nothing = written(out -> {
            Frames.writeSuccess(out, new ServiceId("PinTracker", "Track"));
            out.emptyMap();
        });
        assertThat(nothing).isEqualTo(hex(GROUP, "response PinTracker.Track (empty result)"));
    }

    @Test
    void errorsSayWhoseFaultTheyAre() throws IOException {
        byte[] method = written(out -> {
            Frames.writeError(
                    out,
                    ServiceId.of(RpcMethods.CONSENSUS_RM_PEER),
                    "crdt consensus component cannot remove peers",
                    Kind.METHOD);
            out.emptyMap();
        });
        assertThat(method).isEqualTo(hex(GROUP, "error from the method itself"));
        byte[] access = written(out -> {
            Frames.writeError(
                    out,
                    new ServiceId("Cluster", "Pin"),
                    "client does not have permissions to call Cluster.Pin",
                    Kind.AUTHORIZATION);
            out.nil();
        });
        assertThat(access).isEqualTo(hex(GROUP, "authorization error"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"error from the method itself", "authorization error", "server error, unknown method"})
    void errorsOfOtherPeersAreUnderstood(String vector) throws IOException {
        Frames.Response response = Frames.readResponse(in(hex(GROUP, vector)));
        assertThat(response.failed()).isTrue();
        Kind expected = switch (vector) {
            case "authorization error" -> Kind.AUTHORIZATION;
            case "server error, unknown method" -> Kind.SERVER;
            default -> Kind.METHOD;
        };
        assertThat(response.exception().kind()).isEqualTo(expected);
    }

    @Test
    void anEmptyHeaderIsSuccess() throws IOException {
        assertThat(Frames.readResponse(in(new byte[] {(byte) 0x80})).failed()).isFalse();
    }

    /** Reads the vector's argument and writes the same request again. */
    private static <A> void sameRequest(RpcMethod<A, ?> method, String vector) throws IOException {
        byte[] bytes = hex(GROUP, vector);
        MsgIn in = in(bytes);
        assertThat(Frames.readServiceId(in)).isEqualTo(ServiceId.of(method));
        A argument = Codecs.of(method.argument()).read(in);
        assertThat(request(method, argument)).isEqualTo(bytes);
    }

    private static <A> byte[] request(RpcMethod<A, ?> method, @Nullable A argument) throws IOException {
        return written(out -> {
            Frames.writeServiceId(out, ServiceId.of(method));
            if (argument == null) {
                out.emptyMap();
            } else {
                Codecs.of(method.argument()).write(out, argument);
            }
        });
    }
}
