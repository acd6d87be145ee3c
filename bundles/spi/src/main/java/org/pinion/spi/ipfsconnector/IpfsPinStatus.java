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
package org.pinion.spi.ipfsconnector;

import org.pinion.spi.TrackerStatus;

/** How an IPFS node holds a CID. The numbers are the reference's. */
public enum IpfsPinStatus {
    /** Could not be understood. */
    BUG(0, TrackerStatus.UNDEFINED),
    /** The node failed to answer. */
    ERROR(1, TrackerStatus.CLUSTER_ERROR),
    /** Only this block. */
    DIRECT(2, TrackerStatus.PINNED),
    /** The whole DAG. */
    RECURSIVE(3, TrackerStatus.PINNED),
    /** As part of another pin. */
    INDIRECT(4, TrackerStatus.UNPINNED),
    /** Not at all. */
    UNPINNED(5, TrackerStatus.UNPINNED);

    private final int number;
    private final TrackerStatus trackerStatus;

    IpfsPinStatus(int number, TrackerStatus trackerStatus) {
        this.number = number;
        this.trackerStatus = trackerStatus;
    }

    /** The number in RPC messages. */
    public int number() {
        return number;
    }

    /** What a tracker makes of it. */
    public TrackerStatus trackerStatus() {
        return trackerStatus;
    }

    /** Whether a pin of that depth (-1 recursive, 0 direct, n) is satisfied. */
    public boolean isPinned(int maxDepth) {
        return maxDepth == 0 ? this == DIRECT : this == RECURSIVE;
    }

    /** The status with that number; {@link #BUG} for anything else. */
    public static IpfsPinStatus ofNumber(long number) {
        return number < 0 || number >= values().length ? BUG : values()[(int) number];
    }
}
