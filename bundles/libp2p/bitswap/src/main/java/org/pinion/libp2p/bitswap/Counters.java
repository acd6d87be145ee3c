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
package org.pinion.libp2p.bitswap;

import java.util.concurrent.atomic.LongAdder;
import org.pinion.libp2p.api.ExchangeStats;

/** Counters of an exchange. Any thread. */
final class Counters {
    final LongAdder blocksReceived = new LongAdder();
    final LongAdder bytesReceived = new LongAdder();
    final LongAdder blocksSent = new LongAdder();
    final LongAdder bytesSent = new LongAdder();
    final LongAdder duplicateBlocks = new LongAdder();

    ExchangeStats stats(int wants, int peers) {
        return new ExchangeStats(
                blocksReceived.sum(),
                bytesReceived.sum(),
                blocksSent.sum(),
                bytesSent.sum(),
                duplicateBlocks.sum(),
                wants,
                peers);
    }
}
