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

import java.time.Duration;

/** Constants of the protocol that are not settings; those of the reference. */
final class Limits {
    static final Duration PRUNE_BACK_OFF = Duration.ofSeconds(60);
    static final Duration UNSUBSCRIBE_BACK_OFF = Duration.ofSeconds(10);
    /** A back-off that a peer asks for is cut here, else it could keep us out for ever. */
    static final Duration MAX_BACK_OFF = Duration.ofHours(1);

    static final Duration FANOUT_TTL = Duration.ofSeconds(60);
    static final Duration FIRST_HEARTBEAT = Duration.ofMillis(100);

    /** Other peers in a prune. */
    static final int EXCHANGED_PEERS = 16;
    /** Ids that are advertised, or asked of one peer, per heartbeat. */
    static final int GOSSIP_IDS = 10_000;
    /** IHAVE messages of one peer that are heard per heartbeat. */
    static final int HAVE_MESSAGES = 10;
    /** Peers that are asked for the same message per heartbeat. */
    static final int ASKED_PEERS = 3;
    /** How often one peer gets the same message by asking. */
    static final int RETRANSMISSIONS = 3;
    /** From this size on, peers are told that a message need not be sent to us any more. */
    static final int DONT_WANT_BYTES = 1024;

    static final int DONT_WANT_IDS = 10;
    static final int DONT_WANT_MESSAGES = 1000;
    static final int DONT_WANT_HEARTBEATS = 3;
    /** Messages with a bad signature of one peer per heartbeat, after which it is not heard until the next one. */
    static final int BAD_MESSAGES = 100;

    /** Subscriptions and their ends that one peer tells per heartbeat. */
    static final int SUBSCRIPTION_CHANGES = 4096;
    /** Resets of a peer's stream because it broke the rules, after which it is disconnected. */
    static final int OFFENCES = 3;

    static final int SEEN_IDS = 131_072;
    static final int CACHED_BYTES = 16 << 20;
    static final int TOPIC_BYTES = 1024;
    /** Own messages that wait to be sent. */
    static final int PENDING_PUBLISH = 1024;

    private Limits() {}
}
