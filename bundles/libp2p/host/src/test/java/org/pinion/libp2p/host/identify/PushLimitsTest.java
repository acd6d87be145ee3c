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

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PushLimitsTest {
    private final AtomicLong nanos = new AtomicLong();
    private final PushLimits limits = new PushLimits(nanos::get);

    private boolean take(String ip) {
        try {
            return limits.take(InetAddress.getByName(ip));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aNetworkMayPushTenTimesThenOnceInFiveSeconds() {
        for (int i = 0; i < 10; i++) {
            assertThat(take("10.0.0." + i)).isTrue();
        }
        assertThat(take("10.0.0.99")).isFalse();
        assertThat(take("10.0.1.1")).isTrue();
        nanos.addAndGet(Duration.ofSeconds(5).toNanos());
        assertThat(take("10.0.0.1")).isTrue();
        assertThat(take("10.0.0.1")).isFalse();
    }

    @Test
    void thisMachineIsFreeAndManyNetworksAreBounded() {
        for (int i = 0; i < 100; i++) {
            assertThat(take("127.0.0.1")).isTrue();
        }
        for (int i = 0; i < 20_000; i++) {
            assertThat(take("11." + i / 250 + "." + i % 250 + ".1")).isTrue();
        }
    }
}
