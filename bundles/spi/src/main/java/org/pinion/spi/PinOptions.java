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
package org.pinion.spi;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;

/**
 * What a user may ask for when pinning.
 *
 * @param replicationMin fewest copies; -1 everywhere, 0 the configured default
 * @param replicationMax most copies; -1 everywhere, 0 the configured default
 * @param name free text
 * @param mode recursive or direct
 * @param shardSize bytes of a shard when adding with sharding; unsigned
 * @param userAllocations peers to prefer; never stored in the shared state
 * @param expireAt when the pin ends; null = never
 * @param metadata free keys and values, sorted by key
 * @param pinUpdate the pin that this one replaces; null = none
 * @param origins addresses of IPFS nodes that have the content
 */
public record PinOptions(
        int replicationMin,
        int replicationMax,
        String name,
        PinMode mode,
        long shardSize,
        List<PeerId> userAllocations,
        @Nullable Instant expireAt,
        SortedMap<String, String> metadata,
        @Nullable Cid pinUpdate,
        List<Multiaddr> origins) {
    /** No wishes at all: default replication, recursive, no name. */
    public static final PinOptions NONE = builder().build();

    /** Copies the collections. */
    public PinOptions {
        userAllocations = List.copyOf(userAllocations);
        metadata = metadata.isEmpty()
                ? Collections.emptySortedMap()
                : Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
        origins = List.copyOf(origins);
    }

    /** A builder with the values of {@link #NONE}. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder with these values. */
    public Builder toBuilder() {
        return new Builder()
                .replication(replicationMin, replicationMax)
                .name(name)
                .mode(mode)
                .shardSize(shardSize)
                .userAllocations(userAllocations)
                .expireAt(expireAt)
                .metadata(metadata)
                .pinUpdate(pinUpdate)
                .origins(origins);
    }

    /** Collects options; not for several threads. */
    public static final class Builder {
        private int replicationMin;
        private int replicationMax;
        private String name = "";
        private PinMode mode = PinMode.RECURSIVE;
        private long shardSize;
        private List<PeerId> userAllocations = List.of();
        private @Nullable Instant expireAt;
        private Map<String, String> metadata = Map.of();
        private @Nullable Cid pinUpdate;
        private List<Multiaddr> origins = List.of();

        private Builder() {}

        /** Fewest and most copies; see {@link PinOptions}. */
        public Builder replication(int min, int max) {
            replicationMin = min;
            replicationMax = max;
            return this;
        }

        /** The pin's name. */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /** Recursive or direct. */
        public Builder mode(PinMode value) {
            mode = value;
            return this;
        }

        /** Bytes of a shard. */
        public Builder shardSize(long value) {
            shardSize = value;
            return this;
        }

        /** Peers to prefer. */
        public Builder userAllocations(List<PeerId> value) {
            userAllocations = value;
            return this;
        }

        /** When the pin ends; null = never. */
        public Builder expireAt(@Nullable Instant value) {
            expireAt = value;
            return this;
        }

        /** Free keys and values. */
        public Builder metadata(Map<String, String> value) {
            metadata = value;
            return this;
        }

        /** The pin that this one replaces. */
        public Builder pinUpdate(@Nullable Cid value) {
            pinUpdate = value;
            return this;
        }

        /** Addresses of IPFS nodes that have the content. */
        public Builder origins(List<Multiaddr> value) {
            origins = value;
            return this;
        }

        /** The options. */
        public PinOptions build() {
            return new PinOptions(
                    replicationMin,
                    replicationMax,
                    name,
                    mode,
                    shardSize,
                    userAllocations,
                    expireAt,
                    new TreeMap<>(metadata),
                    pinUpdate,
                    origins);
        }
    }
}
