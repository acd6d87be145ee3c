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
package org.pinion.itests.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.pinion.spi.informer.Informer;
import org.pinion.spi.informer.Informer.Reading;

/** What every informer does, whatever it measures. */
public abstract class InformerContract {
    private static final long LIMIT_SECONDS = 30;

    /** For an implementation's test. */
    protected InformerContract() {}

    /**
     * Makes an informer, without anything else of a peer around it.
     *
     * @param section properties with the names that configuration has, {@code metric.ttl} for {@code metric_ttl}
     */
    protected abstract Informer started(Map<String, Object> section) throws Exception;

    /** One measurement. */
    protected final List<Reading> measured(Informer informer) throws Exception {
        return informer.measure().toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void hasANameAndAnIntervalWithoutAnyKey() throws Exception {
        Informer informer = started(Map.of());

        assertThat(informer.name()).isNotBlank();
        assertThat(informer.ttl()).isPositive();
    }

    @Test
    void takesItsIntervalFromItsSection() throws Exception {
        assertThat(started(Map.of("metric.ttl", "17s")).ttl()).isEqualTo(Duration.ofSeconds(17));
    }

    @Test
    void neverFailsToMeasure() throws Exception {
        Informer informer = started(Map.of());

        assertThat(measured(informer)).allSatisfy(reading -> {
            assertThat(reading.name()).isNotBlank();
            assertThat(reading.value()).isNotNull();
        });
    }

    @Test
    void namesOfOneMeasurementAreDistinctAndStay() throws Exception {
        Informer informer = started(Map.of());
        List<String> first = measured(informer).stream().map(Reading::name).toList();
        List<String> second = measured(informer).stream().map(Reading::name).toList();

        assertThat(first).doesNotHaveDuplicates().isEqualTo(second);
    }
}
