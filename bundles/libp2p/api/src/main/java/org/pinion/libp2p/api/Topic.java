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
package org.pinion.libp2p.api;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;
import org.pinion.ipld.multiformats.PeerId;

/** A joined topic. Any thread. */
@ProviderType
public interface Topic extends AutoCloseable {
    /** The name it was joined under. */
    String name();

    /**
     * Signs and sends a message; our own subscribers get it too. Completes when it was handed to the peers' queues,
     * also when there are no peers. Fails with {@link IllegalArgumentException} if it is over the size limit.
     */
    CompletionStage<Void> publish(byte[] data);

    /** Gets every accepted message once, on an event loop: must not block. The first one subscribes us at all peers. */
    Registration subscribe(Consumer<PubSubMessage> subscriber);

    /** Hears of peers that subscribe or leave; those already there are reported at once. */
    Registration listen(TopicListener listener);

    /** The peers that are subscribed. */
    List<PeerId> peers();

    /** Leaves the topic. */
    @Override
    void close();
}
