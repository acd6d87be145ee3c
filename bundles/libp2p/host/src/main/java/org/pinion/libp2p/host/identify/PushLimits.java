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
package org.pinion.libp2p.host.identify;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How often a network may push changes: ten at once, then one in five seconds. An IPv4 /24 and an IPv6 /56 count as one
 * network, and this machine is free. Thread-safe.
 */
final class PushLimits {
    private static final int BURST = 10;
    private static final double NANOS_PER_TOKEN = 5e9;
    private static final int MAX_NETWORKS = 4096;

    private record Bucket(double tokens, long nanos) {}

    private final LongSupplier nanos;
    private final Map<String, Bucket> buckets = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > MAX_NETWORKS;
        }
    };

    PushLimits(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Counts a push; false if it is one too many. */
    synchronized boolean take(InetAddress from) {
        if (from.isLoopbackAddress()) {
            return true;
        }
        byte[] ip = from.getAddress();
        String network = Arrays.toString(Arrays.copyOf(ip, ip.length == 4 ? 3 : 7));
        long now = nanos.getAsLong();
        Bucket before = buckets.remove(network);
        double tokens =
                before == null ? BURST : Math.min(BURST, before.tokens() + (now - before.nanos()) / NANOS_PER_TOKEN);
        boolean good = tokens >= 1;
        buckets.put(network, new Bucket(good ? tokens - 1 : tokens, now));
        return good;
    }
}
