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
package org.pinion.consensus.crdt;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A caller's change of one pin, on its way to the disk.
 *
 * @param key which pin
 * @param value its new protobuf form; null = removed
 * @param done completes when it is durable
 */
@SuppressWarnings("ArrayRecordComponent") // operations are never compared
record Operation(SetKey key, byte @Nullable [] value, CompletableFuture<Void> done) {
    /** About what the operation takes in memory and in a delta. */
    int bytes() {
        byte[] bytes = value;
        return 2 * key.text().length() + 128 + (bytes == null ? 0 : bytes.length);
    }
}
