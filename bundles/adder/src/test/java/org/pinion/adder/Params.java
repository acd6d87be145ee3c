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
package org.pinion.adder;

import org.pinion.spi.PinOptions;
import org.pinion.spi.adder.AddParams;

/** Parameters of an add, changed one by one. */
final class Params {
    PinOptions pin = PinOptions.NONE;
    String format = "unixfs";
    String layout = "";
    String chunker = "size-262144";
    boolean rawLeaves;
    int cidVersion;
    String hash = "sha2-256";
    boolean wrap;
    boolean progress;
    boolean shard;
    boolean local;
    boolean noCopy;
    boolean noPin;
    int inlineLimitBytes;

    AddParams get() {
        return new AddParams(
                pin,
                format,
                layout,
                chunker,
                rawLeaves,
                cidVersion,
                hash,
                wrap,
                false,
                progress,
                shard,
                local,
                noCopy,
                noPin,
                inlineLimitBytes);
    }
}
