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

/**
 * Bounds of a block exchange.
 *
 * @param maxWants blocks wanted by us at once
 * @param maxWantsPerPeer wants remembered of one peer
 * @param maxBlockBytes largest block that is taken
 * @param maxMessageBytes largest message that is taken
 */
public record ExchangeSettings(int maxWants, int maxWantsPerPeer, int maxBlockBytes, int maxMessageBytes) {
    /** 16384 wants, 1024 per peer, blocks of 2 MiB, messages of 4 MiB. */
    public static final ExchangeSettings DEFAULT = new ExchangeSettings(16_384, 1024, 2 << 20, 4 << 20);

    public ExchangeSettings {
        if (maxWants < 1 || maxWantsPerPeer < 1 || maxBlockBytes < 1 || maxMessageBytes < maxBlockBytes) {
            throw new IllegalArgumentException("limits must be positive and a message hold a block: wants " + maxWants
                    + ", per peer " + maxWantsPerPeer + ", block " + maxBlockBytes + ", message " + maxMessageBytes);
        }
    }
}
