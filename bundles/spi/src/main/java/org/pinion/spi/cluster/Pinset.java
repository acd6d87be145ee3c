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
package org.pinion.spi.cluster;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.flow.Cursor;

/**
 * Changes and reads the shared pin set: what APIs and the shell call. Any thread; may block for a moment on the disk,
 * so never on an event loop; completions may run on any thread. While a component it needs is away, calls wait up to a
 * bound and then fail with code {@code UNAVAILABLE} and its name.
 */
@ProviderType
public interface Pinset {
    /**
     * Adds or changes a pin: checks the options, fills in defaults, allocates, logs. Completes with the pin as it was
     * submitted once it is durable. A pin with allocations keeps them (adders do that).
     */
    CompletionStage<Pin> pin(Pin pin);

    /** Pins what a path leads to. */
    CompletionStage<Pin> pinPath(String path, PinOptions options);

    /** Removes a pin, with its shards if it has some; {@code NOT_FOUND} when it is not in the pin set. */
    CompletionStage<Pin> unpin(Cid cid);

    /** Removes the pin that a path leads to. */
    CompletionStage<Pin> unpinPath(String path);

    /** A pin of the shared set. */
    Optional<Pin> get(Cid cid);

    /** All pins by CID, from behind {@code after}; null = from the start. */
    Cursor<Pin> list(@Nullable Cid after);

    /** The peers that should get the blocks of content that is about to be added. */
    CompletionStage<List<PeerId>> allocateBlocks(Pin pin);
}
