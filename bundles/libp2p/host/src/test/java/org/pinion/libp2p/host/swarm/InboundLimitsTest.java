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
package org.pinion.libp2p.host.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class InboundLimitsTest {
    private final AtomicLong now = new AtomicLong();
    private final InboundLimits limits = new InboundLimits(now::get);

    private static InetAddress ip(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void oneMachineHasEightConnectionsAtOnce() {
        for (int i = 0; i < 8; i++) {
            assertThat(limits.opened(ip("10.0.0.1"))).isTrue();
        }
        assertThat(limits.opened(ip("10.0.0.1"))).isFalse();
        assertThat(limits.opened(ip("10.0.0.2"))).isTrue();

        limits.closed(ip("10.0.0.1"));
        assertThat(limits.opened(ip("10.0.0.1"))).isTrue();
    }

    @Test
    void oneMachineMayConnectSixteenTimesThenOnceInFiveSeconds() {
        for (int i = 0; i < 16; i++) {
            assertThat(limits.opened(ip("10.0.0.1"))).isTrue();
            limits.closed(ip("10.0.0.1"));
        }
        assertThat(limits.opened(ip("10.0.0.1"))).isFalse();

        now.addAndGet(Duration.ofSeconds(5).toNanos());
        assertThat(limits.opened(ip("10.0.0.1"))).isTrue();
        assertThat(limits.opened(ip("10.0.0.1"))).isFalse();
    }

    @Test
    void anIpv6NetworkCountsAsOneMachine() {
        for (int i = 0; i < 8; i++) {
            assertThat(limits.opened(ip("2001:db8::" + i))).isTrue();
        }
        assertThat(limits.opened(ip("2001:db8::ffff"))).isFalse();
        assertThat(limits.opened(ip("2001:db8:0:1::1"))).isTrue();
    }

    @Test
    void thisMachineIsFree() {
        for (int i = 0; i < 100; i++) {
            assertThat(limits.opened(ip("127.0.0.1"))).isTrue();
            assertThat(limits.opened(ip("::1"))).isTrue();
        }
    }

    @Test
    void theNumberOfRememberedMachinesIsBoundedAndTheIdleOnesAreForgotten() {
        for (int i = 0; i < 8192; i++) {
            InetAddress each = ip("10.0." + (i >> 8) + "." + (i & 0xff));
            assertThat(limits.opened(each)).isTrue();
            limits.closed(each);
        }
        assertThat(limits.opened(ip("10.1.0.1"))).isFalse();

        now.addAndGet(Duration.ofMinutes(5).toNanos());
        assertThat(limits.opened(ip("10.1.0.1"))).isTrue();
    }
}
