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

import org.osgi.annotation.versioning.ProviderType;

/** Publish-subscribe between peers. Any thread. */
@ProviderType
public interface PubSub extends AutoCloseable {
    /**
     * Joins a topic. Nothing is subscribed until {@link Topic#subscribe}; until then peers are not told about us.
     *
     * @throws IllegalStateException if the topic is joined already
     */
    Topic join(String name, MessageValidator validator);

    /** Takes other settings while it runs; topics and streams stay. Sizes of messages and queues stay as they were. */
    default void configure(PubSubSettings settings) {}

    /** Leaves all topics and closes the streams. */
    @Override
    void close();
}
