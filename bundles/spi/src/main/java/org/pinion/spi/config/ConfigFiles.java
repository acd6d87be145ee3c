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
package org.pinion.spi.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;

/** The peer's files without a running peer; found by {@code ServiceLoader}. */
@ProviderType
public interface ConfigFiles {
    /**
     * Makes service.json, identity.json and peerstore.
     *
     * @throws org.pinion.spi.ClusterException if they exist and {@code force} is not set, or a value is wrong
     */
    InitResult init(Path folder, InitOptions options) throws IOException;

    /**
     * Makes a service.json that only names where the configuration is fetched from, and an identity.json.
     *
     * @param url web address of a service.json
     */
    InitResult initFromSource(Path folder, String url, InitOptions options) throws IOException;

    /**
     * Reads the files with the daemon's flags on top.
     *
     * @param environment the process environment, for {@code CLUSTER_*}
     * @param flags the daemon's flags as framework properties, for example {@code pinion.consensus} to {@code crdt};
     *     {@code pinion.daemon} is there when a peer is about to start, which refuses more than the other commands
     */
    Reading read(Path folder, Map<String, String> environment, Map<String, String> flags) throws IOException;

    /**
     * Reads and checks the files as the daemon would.
     *
     * @param environment the process environment, for {@code CLUSTER_*}
     * @return every fault, one line each; empty = fine
     */
    List<String> check(Path folder, Map<String, String> environment) throws IOException;

    /** The peer's id from identity.json. */
    PeerId identity(Path folder, Map<String, String> environment) throws IOException;

    /**
     * How to make the files.
     *
     * @param consensus {@code crdt} or {@code raft}
     * @param datastore the reference's name of the datastore, for example {@code pebble}
     * @param ipfs {@code kubo} or {@code embedded}
     * @param secret 64 hex digits; empty = make one
     * @param randomPorts whether listeners get free ports
     * @param peers what goes to the peerstore and to the initial peer set
     * @param force overwrite what exists, after keeping a copy
     * @param environment the process environment, for {@code CLUSTER_*}
     */
    record InitOptions(
            String consensus,
            String datastore,
            String ipfs,
            String secret,
            boolean randomPorts,
            List<Multiaddr> peers,
            boolean force,
            Map<String, String> environment) {
        /** Copies the collections. */
        public InitOptions {
            peers = List.copyOf(peers);
            environment = Map.copyOf(environment);
        }
    }

    /**
     * What the files say.
     *
     * @param faults every fault, one line each; empty = fine
     * @param notes what is accepted but has no effect, one line each, for example unknown keys
     * @param listeners where a daemon would listen; empty when there are faults
     * @param store the datastore of a crdt peer; empty when there is none or there are faults
     */
    record Reading(List<String> faults, List<String> notes, List<Listener> listeners, Optional<Store> store) {
        /** Copies the lists. */
        public Reading {
            faults = List.copyOf(faults);
            notes = List.copyOf(notes);
            listeners = List.copyOf(listeners);
        }
    }

    /**
     * An address to listen on.
     *
     * @param section the section that wants it, for example {@code api.restapi}
     * @param address TCP or unix
     */
    record Listener(String section, Multiaddr address) {}

    /**
     * A datastore section.
     *
     * @param section its name in service.json, for example {@code pebble}
     * @param factory name of the {@code DatastoreFactory} that opens it, for example {@code rocksdb}
     * @param folder where the factory makes its own folder
     * @param settings the section's keys as component properties
     */
    record Store(String section, String factory, Path folder, Map<String, Object> settings) {
        /** Copies the settings. */
        public Store {
            settings = Map.copyOf(settings);
        }
    }

    /**
     * What was made.
     *
     * @param peer the peer's id
     * @param lines what to tell the user, in order
     */
    record InitResult(PeerId peer, List<String> lines) {
        /** Copies the lines. */
        public InitResult {
            lines = List.copyOf(lines);
        }
    }
}
