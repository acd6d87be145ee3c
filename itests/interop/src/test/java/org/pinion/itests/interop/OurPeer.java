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
package org.pinion.itests.interop;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.pinion.itests.testkit.TestPeer;

/** A peer of ours with an IPFS node inside. */
final class OurPeer implements Member {
    private final TestPeer peer;

    /** Makes its files; an empty secret means none. */
    OurPeer(Path folder, String secret, Consumer<ObjectNode> change) {
        peer = new TestPeer(folder.getFileName().toString(), folder);
        peer.init(secret, json -> {
            ObjectNode cluster = (ObjectNode) json.get("cluster");
            cluster.put("secret", secret);
            cluster.put("monitor_ping_interval", "2s");
            change.accept(json);
        });
    }

    @Override
    public String name() {
        return peer.name();
    }

    @Override
    public Path folder() {
        return peer.folder();
    }

    @Override
    public int apiPort() {
        return peer.apiPort();
    }

    @Override
    public int clusterPort() {
        return peer.clusterPort();
    }

    @Override
    public void start() {
        peer.startWithoutWaiting();
    }

    @Override
    public void stop() {
        peer.stop();
    }

    @Override
    public void kill() {
        peer.kill();
    }

    @Override
    public long pid() {
        return peer.pid();
    }

    @Override
    public String log() {
        return peer.log();
    }

    @Override
    public void close() {
        peer.close();
    }
}
