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
import static org.pinion.rpc.Vectors.in;
import static org.pinion.rpc.Vectors.written;

import java.io.IOException;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.pinion.rpc.Frames.ServiceId;
import org.pinion.spi.rpc.RpcException.Kind;
import org.pinion.spi.rpc.RpcMethod;
import org.pinion.spi.rpc.RpcMethod.Access;
import org.pinion.spi.rpc.RpcMethods;

/** Every method of the reference is here with its access rule, and one of ours; nothing else is. */
class PolicyTest {
    /** The reference does not know it. */
    private static final String OURS = "PinTracker.StatusRows";

    private static final String OPEN = "Cluster.ID Cluster.IDStream Cluster.PeerAdd Cluster.Version";
    private static final String TRUSTED =
            "Cluster.PeerRemove Cluster.Peers Cluster.RecoverAllLocal Cluster.RecoverLocal"
                    + " Cluster.RepoGCLocal PinTracker.Recover PinTracker.Status PinTracker.StatusAll"
                    + " IPFSConnector.BlockStream IPFSConnector.RepoStat IPFSConnector.SwarmPeers"
                    + " Consensus.AddPeer Consensus.LogPin Consensus.LogUnpin Consensus.RmPeer";
    private static final String CLOSED = "Cluster.Alerts Cluster.BandwidthByProtocol Cluster.BlockAllocate"
            + " Cluster.ConnectGraph Cluster.IPFSID Cluster.Join Cluster.PeersWithFilter Cluster.Pin Cluster.PinGet"
            + " Cluster.PinPath Cluster.Pins Cluster.Recover Cluster.RecoverAll Cluster.RepoGC"
            + " Cluster.SendInformerMetrics Cluster.SendInformersMetrics Cluster.Status Cluster.StatusAll"
            + " Cluster.StatusAllLocal Cluster.StatusLocal Cluster.Unpin Cluster.UnpinPath"
            + " PinTracker.PinQueueSize PinTracker.RecoverAll PinTracker.Track PinTracker.Untrack"
            + " IPFSConnector.BlockGet IPFSConnector.ConfigKey IPFSConnector.Pin IPFSConnector.PinLs"
            + " IPFSConnector.PinLsCid IPFSConnector.Resolve IPFSConnector.Unpin"
            + " Consensus.Peers PeerMonitor.LatestMetrics PeerMonitor.MetricNames";
    private static final String STREAMS = "Cluster.IDStream Cluster.Peers Cluster.RecoverAllLocal PinTracker.StatusAll"
            + " IPFSConnector.BlockStream " + OURS;

    private final ServerMethods methods = new ServerMethods(new Components());

    private static List<String> names(String text) {
        return List.of(text.split(" "));
    }

    @Test
    void everyOpenAndTrustedMethodIsServedWithThatRuleAndCanBeCalled() throws IllegalAccessException {
        Map<String, Access> rules = new TreeMap<>();
        for (Field field : RpcMethods.class.getFields()) {
            RpcMethod<?, ?> method = (RpcMethod<?, ?>) field.get(null);
            ServiceId id = ServiceId.of(method);
            rules.put(id.toString(), method.access());
            ServerMethods.Unary<?, ?> unary = methods.unary(id);
            ServerMethods.Streaming<?, ?> streaming = methods.streaming(id);
            assertThat(streaming != null)
                    .as("%s streams", id)
                    .isEqualTo(names(STREAMS).contains(id.toString()));
            assertThat(unary != null).as("%s is served", id).isEqualTo(streaming == null);
            assertThat(method.streaming()).isEqualTo(streaming != null);
        }
        assertThat(rules.keySet()).containsExactlyInAnyOrder((OPEN + " " + TRUSTED + " " + OURS).split(" "));
        rules.forEach((name, access) ->
                assertThat(access).as(name).isEqualTo(names(OPEN).contains(name) ? Access.OPEN : Access.TRUSTED));
    }

    @Test
    void everyClosedMethodIsRefusedAlsoToTrustedPeersAndUnknownOnesAreNamedBeforeThat() throws IOException {
        List<String> answers = new ArrayList<>();
        try (Rig rig = new Rig()) {
            for (String name : CLOSED.split(" ")) {
                int dot = name.indexOf('.');
                byte[] request = written(out -> {
                    Frames.writeServiceId(out, new ServiceId(name.substring(0, dot), name.substring(dot + 1)));
                    out.emptyMap();
                });
                Frames.Response head = Frames.readResponse(in(rig.exchange(request, false)));
                assertThat(head.exception().kind()).as(name).isEqualTo(Kind.AUTHORIZATION);
                assertThat(head.error()).isEqualTo("client does not have permissions to call " + name);
                answers.add(name);
            }
            for (String service : List.of("Cluster", "PinTracker", "IPFSConnector", "Consensus", "PeerMonitor")) {
                byte[] request = written(out -> Frames.writeServiceId(out, new ServiceId(service, "Nope")));
                Frames.Response head = Frames.readResponse(in(rig.exchange(request, true)));
                assertThat(head.exception().kind()).isEqualTo(Kind.SERVER);
                assertThat(head.error()).isEqualTo("rpc: can't find method Nope");
            }
        }
        assertThat(answers).hasSize(36);
    }
}
