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
package org.pinion.cli.shell;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Metric;
import org.pinion.spi.cluster.Health;

/** Names of peers, from what they say of themselves with every ping: nobody is asked. */
final class PeerNames {
    private static final Pattern NAME = Pattern.compile("\"peer_?name\"\\s*:\\s*\"([^\"\\\\]+)\"");

    private PeerNames() {}

    /** Peers by their ids and, where only one has it, by their names. */
    static Map<String, PeerId> of(Services services) {
        Health health = services.find(Health.class);
        Map<String, PeerId> peers = new LinkedHashMap<>();
        if (health == null) {
            return peers;
        }
        Map<String, Integer> names = new LinkedHashMap<>();
        for (Metric ping : health.metrics("ping")) {
            peers.put(ping.peer().toString(), ping.peer());
            Matcher name = NAME.matcher(ping.value());
            if (name.find()) {
                names.merge(name.group(1), 1, Integer::sum);
                peers.putIfAbsent(name.group(1), ping.peer());
            }
        }
        names.forEach((name, count) -> {
            if (count > 1) {
                peers.remove(name);
            }
        });
        return peers;
    }
}
