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
package org.pinion.consensus.crdt;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.consensus.TrustPolicy;

/** Who is trusted: this peer, those of the settings, and those added while it runs. Any thread. */
final class Trust implements TrustPolicy {
    private final PeerId self;
    private final Set<PeerId> added = ConcurrentHashMap.newKeySet();
    private final Set<PeerId> removed = ConcurrentHashMap.newKeySet();
    private volatile Settings settings;

    Trust(PeerId self, Settings settings) {
        this.self = self;
        this.settings = settings;
    }

    /** Takes the trusted peers of other settings. */
    void configure(Settings newSettings) {
        settings = newSettings;
    }

    @Override
    public boolean isTrusted(PeerId peer) {
        Settings now = settings;
        return peer.equals(self)
                || now.trustAll()
                || added.contains(peer)
                || now.trustedPeers().contains(peer) && !removed.contains(peer);
    }

    @Override
    public void trust(PeerId peer) {
        removed.remove(peer);
        added.add(peer);
    }

    @Override
    public void distrust(PeerId peer) {
        added.remove(peer);
        removed.add(peer);
    }
}
