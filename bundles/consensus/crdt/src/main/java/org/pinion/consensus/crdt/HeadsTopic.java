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

import java.util.List;
import java.util.Optional;
import org.pinion.consensus.crdt.Complaints.Fault;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.MessageValidator.Verdict;
import org.pinion.libp2p.api.PubSub;
import org.pinion.libp2p.api.PubSubMessage;
import org.pinion.libp2p.api.Registration;
import org.pinion.libp2p.api.Topic;
import org.pinion.libp2p.api.TopicListener;

/** The topic on which trusted peers announce heads. */
final class HeadsTopic implements AutoCloseable {
    private final Topic topic;
    private final Complaints complaints;
    private volatile List<Registration> registrations = List.of();

    /** Joins it, so that messages of others are judged; none is heard before {@link #subscribe}. */
    HeadsTopic(PubSub pubsub, String clusterName, Trust trust, Complaints complaints) {
        this.complaints = complaints;
        topic = pubsub.join(
                TopicName.of(clusterName),
                message -> trust.isTrusted(message.author()) ? Verdict.ACCEPT : Verdict.REJECT);
    }

    Topic topic() {
        return topic;
    }

    /** Hands heads and newcomers to {@code peer}; once. In the lane. */
    void subscribe(CrdtPeer peer) {
        if (registrations.isEmpty()) {
            registrations =
                    List.of(topic.subscribe(message -> received(peer, message)), topic.listen(new TopicListener() {
                        @Override
                        public void peerJoined(PeerId joined) {
                            peer.joined();
                        }
                    }));
        }
    }

    private void received(CrdtPeer peer, PubSubMessage message) {
        try {
            peer.received(message.author(), HeadsMessage.decode(message.data()));
        } catch (IllegalArgumentException e) {
            complaints.about(Optional.of(message.author()), Fault.MESSAGE, String.valueOf(e.getMessage()));
        }
    }

    /** Hears nothing more. */
    void silence() {
        registrations.forEach(Registration::close);
    }

    /** Leaves the topic. */
    @Override
    public void close() {
        topic.close();
    }
}
