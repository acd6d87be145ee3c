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
package org.pinion.informer.numpin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pinion.spi.informer.Informer.Reading;

class NumPinInformerTest {
    @Test
    void itGivesTheTrackersCount() {
        NumPinInformer informer = new NumPinInformer(Map.of());
        informer.count = () -> 2;
        assertThat(informer.measure().toCompletableFuture().join())
                .containsExactly(new Reading("numpin", "2", 0, false, true));
    }

    @Test
    void withoutATrackerTheReadingIsNotValid() {
        assertThat(new NumPinInformer(Map.of()).measure().toCompletableFuture().join())
                .containsExactly(new Reading("numpin", "0", 0, false, false));
    }

    @Test
    void theTimeToLiveIsTenSecondsUnlessSetAndNeverZero() {
        assertThat(NumPinSettings.of(Map.of())).isEqualTo(NumPinSettings.DEFAULT);
        assertThat(new NumPinInformer(Map.of("metric.ttl", "2s")).ttl()).isEqualTo(Duration.ofSeconds(2));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NumPinSettings.of(Map.of("metric.ttl", "0s")))
                .withMessageContaining("numpin.metric_ttl");
    }
}
