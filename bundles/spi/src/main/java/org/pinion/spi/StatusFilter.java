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

/**
 * A set of {@link TrackerStatus} values to look for.
 *
 * @param bits the bits of the wanted statuses; 0 = all
 */
public record StatusFilter(int bits) {
    /** Matches everything. */
    public static final StatusFilter ALL = new StatusFilter(0);

    private static final int ERROR_BITS = 14;
    private static final int QUEUED_BITS = 1536;

    /** Whether a status passes: the filter is empty, the status undefined, or the bits intersect. */
    public boolean matches(TrackerStatus status) {
        return bits == 0 || status == TrackerStatus.UNDEFINED || (bits & status.bit()) != 0;
    }

    /** Whether this filter is not empty and asks for none of {@code statuses}. */
    public boolean excludes(TrackerStatus... statuses) {
        if (bits == 0) {
            return false;
        }
        for (TrackerStatus status : statuses) {
            if ((bits & status.bit()) != 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Reads a comma-separated list of status names, {@code error} and {@code queued} included. Unknown names are
     * ignored, as in the reference: a caller that wants an error looks at {@code bits() == 0}.
     */
    public static StatusFilter parse(String text) {
        int bits = 0;
        for (String name : text.replace(" ", "").split(",", -1)) {
            bits |= switch (name) {
                case "error" -> ERROR_BITS;
                case "queued" -> QUEUED_BITS;
                default -> TrackerStatus.ofText(name).bit();
            };
        }
        return new StatusFilter(bits);
    }
}
