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

import org.pinion.ipld.multiformats.PeerId;

/**
 * A signed message of a topic. The arrays are not copied and must not be changed.
 *
 * @param author who signed it
 * @param relayer the connected peer it came from; ourselves for our own messages
 * @param topic the topic
 * @param data the content
 * @param seqno the author's sequence number, 8 bytes from the reference
 */
@SuppressWarnings("ArrayRecordComponent")
public record PubSubMessage(PeerId author, PeerId relayer, String topic, byte[] data, byte[] seqno) {}
