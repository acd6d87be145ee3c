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
package org.pinion.libp2p.gossipsub;

import java.time.InstantSource;
import java.util.SplittableRandom;
import org.osgi.service.component.annotations.Component;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.PubSub;
import org.pinion.libp2p.api.PubSubSettings;
import org.pinion.libp2p.api.PubSubs;

/**
 * Publish-subscribe by gossipsub 1.2, 1.1, 1.0 and floodsub. Every message is signed by its author and checked. Each open
 * pubsub has one thread of its own, on which validators, subscribers and listeners are called.
 */
@Component(service = PubSubs.class)
public final class GossipPubSubs implements PubSubs {
    @Override
    public PubSub open(Host host, PubSubSettings settings) {
        GossipSub pubSub = new GossipSub(
                host, settings, new GossipSub.Time(InstantSource.system(), System::nanoTime), new SplittableRandom());
        pubSub.start();
        return pubSub;
    }
}
