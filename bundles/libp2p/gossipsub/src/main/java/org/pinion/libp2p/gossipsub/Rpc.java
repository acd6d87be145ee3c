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

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one frame carries.
 *
 * @param subscriptions changes of the sender's subscriptions
 * @param publish messages
 * @param control upkeep of mesh and gossip
 * @spec gossipsub 1.0, 1.1 and 1.2 "RPC"
 */
record Rpc(List<Subscription> subscriptions, List<Message> publish, Control control) {
    Rpc {
        subscriptions = List.copyOf(subscriptions);
        publish = List.copyOf(publish);
    }

    static Rpc subscriptions(List<Subscription> subscriptions) {
        return new Rpc(subscriptions, List.of(), Control.NONE);
    }

    static Rpc publish(Message message) {
        return new Rpc(List.of(), List.of(message), Control.NONE);
    }

    static Rpc control(Control control) {
        return new Rpc(List.of(), List.of(), control);
    }

    /** The sender subscribes to a topic, or leaves it. */
    record Subscription(boolean subscribe, String topic) {}

    /**
     * Upkeep between two peers.
     *
     * @param have messages that the sender could give
     * @param want messages that the sender asks for
     * @param graft topics whose mesh the sender puts us into
     * @param prune topics whose mesh the sender takes us out of
     * @param dontWant messages that the sender need not get any more
     */
    record Control(
            List<Have> have, List<MessageId> want, List<String> graft, List<Prune> prune, List<MessageId> dontWant) {
        static final Control NONE = new Control(List.of(), List.of(), List.of(), List.of(), List.of());

        Control {
            have = List.copyOf(have);
            want = List.copyOf(want);
            graft = List.copyOf(graft);
            prune = List.copyOf(prune);
            dontWant = List.copyOf(dontWant);
        }

        static Control have(Have have) {
            return new Control(List.of(have), List.of(), List.of(), List.of(), List.of());
        }

        static Control want(List<MessageId> want) {
            return new Control(List.of(), want, List.of(), List.of(), List.of());
        }

        static Control mesh(List<String> graft, List<Prune> prune) {
            return new Control(List.of(), List.of(), graft, prune, List.of());
        }

        static Control dontWant(MessageId id) {
            return new Control(List.of(), List.of(), List.of(), List.of(), List.of(id));
        }

        boolean isEmpty() {
            return have.isEmpty() && want.isEmpty() && graft.isEmpty() && prune.isEmpty() && dontWant.isEmpty();
        }
    }

    /** Ids of messages of a topic. */
    record Have(String topic, List<MessageId> ids) {
        Have {
            ids = List.copyOf(ids);
        }
    }

    /**
     * Removal from the mesh of a topic.
     *
     * @param peers other peers of the topic
     * @param backOffSeconds how long not to graft again; 0 = not said
     */
    record Prune(String topic, List<OtherPeer> peers, long backOffSeconds) {
        Prune {
            peers = List.copyOf(peers);
        }
    }

    /**
     * A peer of a topic that a prune names.
     *
     * @param id bytes of its peer id
     * @param signedRecord envelope with its addresses, if the sender has one
     */
    @SuppressWarnings("ArrayRecordComponent")
    record OtherPeer(byte[] id, byte @Nullable [] signedRecord) {}
}
