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
package org.pinion.informer.pinqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pinion.spi.informer.Informer.Reading;

class PinQueueInformerTest {
    @ParameterizedTest
    @CsvSource({"42, 0, -42", "42, 5, -8", "99999, 100000, 0", "250000, 100000, -2"})
    void longQueuesWeighLessByBuckets(long queued, long bucket, long weight) {
        assertThat(PinQueueInformer.reading(queued, bucket))
                .isEqualTo(new Reading("pinqueue", Long.toString(queued), weight, false, true));
    }

    @Test
    void withoutATrackerTheReadingIsNotValid() {
        PinQueueInformer informer = new PinQueueInformer(Map.of());
        assertThat(informer.measure().toCompletableFuture().join()).allMatch(reading -> !reading.valid());
        assertThat(informer.ttl()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void changedSettingsAreTakenWithoutARestart() {
        PinQueueInformer informer = new PinQueueInformer(Map.of());
        informer.modified(Map.of("metric.ttl", "1s"));
        assertThat(informer.ttl()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void badSettingsAreNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PinQueueSettings.of(Map.of("weight.bucket.size", "-1")))
                .withMessageContaining("pinqueue.WeightBucketSize is invalid: -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PinQueueSettings.of(Map.of("metric.ttl", "-1s")))
                .withMessageContaining("pinqueue.metric_ttl is invalid: -1s");
    }
}
