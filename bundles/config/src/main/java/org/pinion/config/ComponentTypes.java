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
package org.pinion.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Names of the component types, by the contract that stands for each; and the name of an implementation within it. */
final class ComponentTypes {
    /** Types of which one is used at a time; of the others all are. */
    static final Set<String> SINGLE = Set.of(
            "consensus", "pintracker", "monitor", "allocator", "ipfsconnector", "datastore", "state", "rpc", "adder");
    /** What stands for a bundle whose components cannot be known. */
    static final String UNKNOWN = "bundle";

    private static final String PREFIX = "org.pinion.";
    private static final Map<String, String> BY_CONTRACT = new LinkedHashMap<>();

    static {
        BY_CONTRACT.put("org.pinion.spi.http.HttpApi", "api");
        BY_CONTRACT.put("org.pinion.spi.consensus.Consensus", "consensus");
        BY_CONTRACT.put("org.pinion.spi.pintracker.PinTracker", "pintracker");
        BY_CONTRACT.put("org.pinion.spi.monitor.Monitor", "monitor");
        BY_CONTRACT.put("org.pinion.spi.informer.Informer", "informer");
        BY_CONTRACT.put("org.pinion.spi.allocator.Allocator", "allocator");
        BY_CONTRACT.put("org.pinion.spi.ipfsconnector.IpfsConnector", "ipfsconnector");
        BY_CONTRACT.put("org.pinion.spi.datastore.Datastore", "datastore");
        BY_CONTRACT.put("org.pinion.spi.state.PinState", "state");
        BY_CONTRACT.put("org.pinion.spi.rpc.RpcClient", "rpc");
        BY_CONTRACT.put("org.pinion.spi.adder.Adder", "adder");
        BY_CONTRACT.put("org.pinion.libp2p.api.HostFactory", "libp2p");
        BY_CONTRACT.put("org.pinion.libp2p.api.PubSubs", "libp2p");
        BY_CONTRACT.put("org.pinion.libp2p.api.BlockExchanges", "libp2p");
        BY_CONTRACT.put("org.pinion.libp2p.api.Routings", "libp2p");
    }

    private ComponentTypes() {}

    /**
     * The type of a component with that name that publishes those services, or the empty text. The cluster service and
     * the sockets of the APIs are known by name: what they publish by hand is no contract of a type.
     */
    static String of(String name, Iterable<String> services) {
        if (name.equals("org.pinion.cluster") || name.equals("org.pinion.cluster.host")) {
            return "cluster";
        }
        for (String service : services) {
            String type = BY_CONTRACT.get(service);
            if (type != null) {
                return type;
            }
        }
        return "";
    }

    /** The contract that stands for a type, or the empty text. */
    static String contract(String type) {
        return BY_CONTRACT.entrySet().stream()
                .filter(entry -> entry.getValue().equals(type))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("");
    }

    /** The type that a PID of ours names, or the empty text: {@code org.pinion.informer.disk} is an informer. */
    static String ofPid(String pid) {
        if (!pid.startsWith(PREFIX)) {
            return "";
        }
        String rest = pid.substring(PREFIX.length());
        int dot = rest.indexOf('.');
        String type = dot < 0 ? "" : rest.substring(0, dot);
        return BY_CONTRACT.containsValue(type) || type.equals("observations") ? type : "";
    }

    /** The name within the type of a component or PID: {@code org.pinion.informer.disk.DiskInformer} is {@code disk}. */
    static String implementation(String type, String name) {
        String rest = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
        int last = rest.lastIndexOf('.');
        if (last > 0 && Character.isUpperCase(rest.charAt(last + 1))) {
            rest = rest.substring(0, last);
        }
        return rest.startsWith(type + ".") ? rest.substring(type.length() + 1) : rest;
    }
}
