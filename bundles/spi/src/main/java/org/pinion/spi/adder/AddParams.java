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
package org.pinion.spi.adder;

import org.pinion.spi.PinOptions;

/**
 * How to add.
 *
 * @param pin options of the resulting pin
 * @param format {@code unixfs} or {@code car}
 * @param layout {@code balanced} (also empty) or {@code trickle}
 * @param chunker for example {@code size-262144}, {@code rabin}, {@code buzhash}
 * @param rawLeaves whether leaves are raw blocks
 * @param cidVersion 0 or 1
 * @param hash name of the hash function, for example {@code sha2-256}
 * @param wrap whether everything is put into a folder
 * @param hidden whether files that start with a dot are added
 * @param progress whether progress is reported
 * @param shard whether to make shards of {@code pin.shardSize()} bytes
 * @param local whether blocks also go to this peer, whatever the allocations
 * @param noCopy whether Kubo's filestore is meant
 * @param noPin whether roots are left unpinned, shards too
 * @param inlineLimitBytes longest block that is put into its CID, at most 128; 0 = none
 */
public record AddParams(
        PinOptions pin,
        String format,
        String layout,
        String chunker,
        boolean rawLeaves,
        int cidVersion,
        String hash,
        boolean wrap,
        boolean hidden,
        boolean progress,
        boolean shard,
        boolean local,
        boolean noCopy,
        boolean noPin,
        int inlineLimitBytes) {
    /** The reference's defaults. */
    public static final AddParams DEFAULT = new AddParams(
            PinOptions.NONE,
            "unixfs",
            "",
            "size-262144",
            false,
            0,
            "sha2-256",
            false,
            false,
            false,
            false,
            false,
            false,
            false,
            0);
}
