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
package org.pinion.spi.config;

import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.PinOptions;

/** The reference's rules for replication factors. */
public final class Replication {
    private Replication() {}

    /** Replaces 0 by the defaults and checks the result; see {@link ClusterSettings#withDefaults}. */
    public static PinOptions withDefaults(PinOptions options, int defaultMin, int defaultMax) {
        int min = options.replicationMin() == 0 ? defaultMin : options.replicationMin();
        int max = options.replicationMax() == 0 ? defaultMax : options.replicationMax();
        check(min, max);
        return options.toBuilder().replication(min, max).build();
    }

    /** Refuses pairs that make no sense, with the reference's texts. */
    public static void check(int min, int max) {
        if (min == 0 || max == 0) {
            throw bad("cluster.replication_factor_min and max must be set");
        }
        if (min > max) {
            throw bad("cluster.replication_factor_min is larger than max");
        }
        if (min < -1) {
            throw bad("cluster.replication_factor_min is wrong");
        }
        if (max < -1) {
            throw bad("cluster.replication_factor_max is wrong");
        }
        if ((min == -1) != (max == -1)) {
            throw bad("cluster.replication_factor_min and max must be -1 when one of them is");
        }
    }

    private static ClusterException bad(String text) {
        return new ClusterException(ErrorCode.INTERNAL, text); // the reference answers 500
    }
}
