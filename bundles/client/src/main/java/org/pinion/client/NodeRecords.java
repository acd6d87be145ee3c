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
package org.pinion.client;

import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.RepoGc;

/** Reads what is about the IPFS nodes, the traffic and the readiness of peers. */
final class NodeRecords {
    private static final int MAX_REMOVED = 200_000;

    private NodeRecords() {}

    static List<RepoGc> collected(JsonIn in) throws IOException {
        var it = new Object() {
            SortedMap<PeerId, RepoGc> peers = new TreeMap<>();
        };
        int[] count = {0};
        in.object(field -> {
            if (field.equals("peer_map")) {
                it.peers = in.byPeer(() -> repoGc(count, in));
            }
        });
        return List.copyOf(it.peers.values());
    }

    private static RepoGc repoGc(int[] count, JsonIn in) throws IOException {
        var it = new Object() {
            @Nullable
            PeerId peer;

            String name = "";
            List<RepoGc.Removed> keys = List.of();
            String error = "";
        };
        in.object(field -> {
            switch (field) {
                case "peer" -> it.peer = in.peer();
                case "peername" -> it.name = in.text();
                case "keys" -> it.keys = in.list(() -> counted(count, in));
                case "error" -> it.error = in.text();
                default -> {}
            }
        });
        return new RepoGc(ApiRecords.required(it.peer, "the peer"), it.name, it.keys, it.error);
    }

    private static RepoGc.Removed counted(int[] count, JsonIn in) throws IOException {
        count[0]++;
        if (count[0] > MAX_REMOVED) {
            throw new IOException(
                    "it names more than " + MAX_REMOVED + " removed blocks; the collection itself is done");
        }
        return removed(in);
    }

    private static RepoGc.Removed removed(JsonIn in) throws IOException {
        var it = new Object() {
            @Nullable
            Cid key;

            String error = "";
        };
        in.object(field -> {
            switch (field) {
                case "key" -> it.key = in.cid();
                case "error" -> it.error = in.text();
                default -> {}
            }
        });
        return new RepoGc.Removed(it.key, it.error);
    }

    static SortedMap<String, Bandwidth> bandwidth(JsonIn in) throws IOException {
        SortedMap<String, Bandwidth> all = new TreeMap<>();
        in.exactObject(protocol -> all.put(protocol, traffic(in)));
        return all;
    }

    private static Bandwidth traffic(JsonIn in) throws IOException {
        long[] totals = new long[2];
        double[] rates = new double[2];
        in.object(field -> {
            switch (field) {
                case "total_in" -> totals[0] = in.number();
                case "total_out" -> totals[1] = in.number();
                case "rate_in" -> rates[0] = in.decimal();
                case "rate_out" -> rates[1] = in.decimal();
                default -> {}
            }
        });
        return new Bandwidth(totals[0], totals[1], rates[0], rates[1]);
    }

    static Readiness readiness(JsonIn in) throws IOException {
        var it = new Object() {
            boolean ready;
            List<String> missing = List.of();
        };
        in.object(field -> {
            switch (field) {
                case "ready" -> it.ready = in.bool();
                case "missing" -> it.missing = in.list(in::text);
                default -> {}
            }
        });
        return new Readiness(it.ready, it.missing);
    }
}
