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

import org.osgi.annotation.versioning.ConsumerType;

/** Decides about messages whose signature is good. Called on an event loop: must be quick and not block. */
@ConsumerType
@FunctionalInterface
public interface MessageValidator {
    /** What happens with a message. */
    enum Verdict {
        /** Delivered and forwarded. */
        ACCEPT,
        /** Dropped; the sender should not have forwarded it. */
        REJECT,
        /** Dropped without blame. */
        IGNORE
    }

    /** A validator that accepts every message with a good signature. */
    MessageValidator ACCEPT_ALL = message -> Verdict.ACCEPT;

    /** Judges one message; an exception counts as IGNORE. */
    Verdict validate(PubSubMessage message);
}
