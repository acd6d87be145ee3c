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

import java.util.Map;

/** What a pin stands for. The numbers and texts are the reference's. */
public enum PinType {
    /** Marks a value that could not be understood. */
    BAD(1, "bad-type"),
    /** Content that is pinned on its allocations. */
    DATA(2, "pin"),
    /** The root of sharded content: only in the shared state, refers to a cluster DAG. */
    META(4, "meta-pin"),
    /** The DAG that lists the shards; pinned directly on every peer. */
    CLUSTER_DAG(8, "clusterdag-pin"),
    /** One shard of sharded content. */
    SHARD(16, "shard-pin");

    private static final Map<String, PinType> BY_TEXT =
            Map.of(BAD.text, BAD, DATA.text, DATA, META.text, META, CLUSTER_DAG.text, CLUSTER_DAG, SHARD.text, SHARD);

    private final int bit;
    private final String text;

    PinType(int bit, String text) {
        this.bit = bit;
        this.text = text;
    }

    /** The bit of this type in filters and in RPC messages. */
    public int bit() {
        return bit;
    }

    /** The text in JSON. */
    public String text() {
        return text;
    }

    /** The number in the protobuf form of a pin: the logarithm of the bit. */
    public int protobufNumber() {
        return Integer.numberOfTrailingZeros(bit);
    }

    /** The type with that text; {@link #BAD} for anything unknown. */
    public static PinType ofText(String text) {
        return BY_TEXT.getOrDefault(text, BAD);
    }

    /** The type with that bit; {@link #BAD} for anything unknown. */
    public static PinType ofBit(long bit) {
        for (PinType type : values()) {
            if (type.bit == bit) {
                return type;
            }
        }
        return BAD;
    }

    /** The type with that protobuf number; {@link #BAD} for anything unknown. */
    public static PinType ofProtobufNumber(long number) {
        return number < 0 || number >= values().length ? BAD : values()[(int) number];
    }
}
