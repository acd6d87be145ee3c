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
 * Counters of a block exchange since its start, and what is under way.
 *
 * @param blocksReceived blocks that came in and were wanted
 * @param bytesReceived their bytes
 * @param blocksSent blocks that were sent
 * @param bytesSent their bytes
 * @param duplicateBlocks blocks that came in and were not wanted any more
 * @param wants blocks wanted now
 * @param peers peers that exchange with us now
 */
public record ExchangeStats(
        long blocksReceived,
        long bytesReceived,
        long blocksSent,
        long bytesSent,
        long duplicateBlocks,
        int wants,
        int peers) {}
