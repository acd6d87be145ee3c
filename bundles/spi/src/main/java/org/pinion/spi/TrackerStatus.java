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

/** Status of a pin on one peer. Numbers and texts are the reference's. */
public enum TrackerStatus {
    /** Not known. */
    UNDEFINED(0, "undefined"),
    /** The peer could not be reached or could not tell. */
    CLUSTER_ERROR(2, "cluster_error"),
    /** The last attempt to pin failed. */
    PIN_ERROR(4, "pin_error"),
    /** The last attempt to unpin failed. */
    UNPIN_ERROR(8, "unpin_error"),
    /** Pinned. */
    PINNED(16, "pinned"),
    /** Being pinned. */
    PINNING(32, "pinning"),
    /** Being unpinned. */
    UNPINNING(64, "unpinning"),
    /** Not in the pin set. */
    UNPINNED(128, "unpinned"),
    /** Allocated to other peers. */
    REMOTE(256, "remote"),
    /** Waiting to be pinned. */
    PIN_QUEUED(512, "pin_queued"),
    /** Waiting to be unpinned. */
    UNPIN_QUEUED(1024, "unpin_queued"),
    /** A meta pin: its shards are pinned. */
    SHARDED(2048, "sharded"),
    /** In the pin set and allocated here, but the IPFS node does not have it. */
    UNEXPECTEDLY_UNPINNED(4096, "unexpectedly_unpinned");

    private final int bit;
    private final String text;

    TrackerStatus(int bit, String text) {
        this.bit = bit;
        this.text = text;
    }

    /** The bit in filters and RPC messages; 0 for {@link #UNDEFINED}. */
    public int bit() {
        return bit;
    }

    /** The text in JSON. */
    public String text() {
        return text;
    }

    /** The status with exactly that bit; {@link #UNDEFINED} for anything else. */
    public static TrackerStatus ofBit(long bit) {
        for (TrackerStatus status : values()) {
            if (status.bit == bit) {
                return status;
            }
        }
        return UNDEFINED;
    }

    /** The status with that text; {@link #UNDEFINED} for anything else. */
    public static TrackerStatus ofText(String text) {
        for (TrackerStatus status : values()) {
            if (status.text.equals(text)) {
                return status;
            }
        }
        return UNDEFINED;
    }
}
