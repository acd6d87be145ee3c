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
package org.pinion.libp2p.host.multistream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TrafficCounterTest {
    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong now = new AtomicLong();
    private final TrafficCounter counter = new TrafficCounter(now::get);

    @Test
    void countsEachProtocolInBothDirections() {
        counter.of("/a").in(10);
        counter.of("/a").in(5);
        counter.of("/a").out(7);
        counter.of("/b").out(1);
        assertThat(counter.all().get("/a").inBytes()).isEqualTo(15);
        assertThat(counter.all().get("/a").outBytes()).isEqualTo(7);
        assertThat(counter.all().get("/b").outBytes()).isEqualTo(1);
    }

    @Test
    void aSteadyRateIsFoundAndFadesInSilence() {
        for (int i = 0; i < 600; i++) {
            counter.of("/a").in(100);
            now.addAndGet(SECOND / 10);
        }
        assertThat(counter.all().get("/a").inRate()).isCloseTo(1000, within(30.0));
        now.addAndGet(60 * SECOND);
        assertThat(counter.all().get("/a").inRate()).isLessThan(1);
        assertThat(counter.all().get("/a").outRate()).isZero();
    }
}
