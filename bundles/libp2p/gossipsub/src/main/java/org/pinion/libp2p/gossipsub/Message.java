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

import org.jspecify.annotations.Nullable;

/**
 * A message as it stands on the wire. A field that is null is absent; a present, empty field is something else, because
 * the signature covers it. The arrays must not be changed.
 *
 * @param from peer id of the author
 * @param data the content
 * @param seqno sequence number of the author
 * @param topic the topic
 * @param signature the author's signature over all fields but this and {@code key}
 * @param key public key message of the author, when its id does not hold the key
 */
@SuppressWarnings("ArrayRecordComponent")
record Message(
        byte @Nullable [] from,
        byte @Nullable [] data,
        byte @Nullable [] seqno,
        @Nullable String topic,
        byte @Nullable [] signature,
        byte @Nullable [] key) {}
