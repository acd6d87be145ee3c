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

/** Names of the component types, by the contract that stands for each. */
final class ComponentTypes {
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
    }

    private ComponentTypes() {}

    /**
     * The type of a component with that name that publishes those services, or the empty text. The cluster service is
     * known by its name: it publishes its contracts by hand, in an order that matters.
     */
    static String of(String name, String[] services) {
        if (name.startsWith("org.pinion.cluster")) {
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
}
