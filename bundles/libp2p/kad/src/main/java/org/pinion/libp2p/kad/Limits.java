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
package org.pinion.libp2p.kad;

import java.time.Duration;

/** Fixed bounds. */
final class Limits {
    /** Largest question: a value of 10 KiB or the addresses of one peer are the largest that live peers send. */
    static final int REQUEST_BYTES = 32 * 1024;
    /** Largest answer: those of live peers stay below 64 KiB. */
    static final int ANSWER_BYTES = 256 * 1024;
    /** Questions that are under way at once. */
    static final int REQUESTS = 128;
    /** Questions that wait for their turn. */
    static final int WAITING_REQUESTS = 4096;
    /** Open streams of all peers that ask. */
    static final int INBOUND_STREAMS = 1024;
    /** Open streams of one peer that asks. */
    static final int INBOUND_STREAMS_PER_PEER = 32;
    /** A stream without a question for so long is closed. */
    static final Duration IDLE = Duration.ofMinutes(1);

    /** Searches at once, refreshes not counted. */
    static final int SEARCHES = 64;
    /** New peers that are tried at once. */
    static final int CHECKS = 64;
    /** Peers that one answer may name. */
    static final int HEARD_PEERS = 64;
    /** Below so many peers a new one starts a refresh. */
    static final int FEW_PEERS = 10;
    /** Peers of a table that did not answer for so many intervals are asked whether they are still there. */
    static final int SILENT_INTERVALS = 4;
    /** How long addresses live that others told. */
    static final Duration TOLD_TTL = Duration.ofMinutes(2);

    /** Longest key of a provider. */
    static final int PROVIDER_KEY_BYTES = 80;
    /** Provider entries of all keys. */
    static final int PROVIDERS = 16_384;
    /** Provider entries of one key. */
    static final int PROVIDERS_PER_KEY = 256;
    /** Providers in one answer. */
    static final int PROVIDERS_TOLD = 64;
    /** How long a provider is believed without hearing of it again. */
    static final Duration PROVIDER_TTL = Duration.ofHours(48);
    /** How long its addresses are. */
    static final Duration PROVIDER_ADDRESS_TTL = Duration.ofHours(24);

    /** Stored values. */
    static final int VALUES = 1024;
    /** Largest stored value. */
    static final int VALUE_BYTES = 8 * 1024;
    /** How long a value is kept. */
    static final Duration VALUE_TTL = Duration.ofHours(48);

    /** Peers whose violations are remembered, so that they are logged once. */
    static final int VIOLATORS = 1024;

    private Limits() {}
}
