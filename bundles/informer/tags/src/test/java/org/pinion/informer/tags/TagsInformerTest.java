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
package org.pinion.informer.tags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinion.spi.informer.Informer.Reading;

class TagsInformerTest {
    @Test
    void everyTagIsAPartitionableMetric() {
        assertThat(measure(Map.of("tags", "{\"region\":\"eu\",\"group\":\"default\"}")))
                .containsExactly(
                        new Reading("tag:group", "default", 0, true, true),
                        new Reading("tag:region", "eu", 0, true, true));
    }

    @Test
    void withoutTagsThereIsOneReadingThatIsNotValid() {
        assertThat(measure(Map.of())).containsExactly(new Reading("tag:none", "", 0, true, false));
    }

    @Test
    void theTimeToLiveIsThirtySecondsUnlessSet() {
        assertThat(new TagsInformer(Map.of()).ttl()).isEqualTo(Duration.ofSeconds(30));
        assertThat(new TagsInformer(Map.of("metric.ttl", "7s")).ttl()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void changedTagsAreTakenWithoutARestart() {
        TagsInformer informer = new TagsInformer(Map.of());
        informer.modified(Map.of("tags", "{\"group\":\"b\"}"));
        assertThat(informer.measure().toCompletableFuture().join())
                .containsExactly(new Reading("tag:group", "b", 0, true, true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{\"a\":1}", "{\"a\":\"b\"", "{} {}", "text"})
    void tagsThatAreNoObjectOfStringsAreRefused(String json) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TagsSettings.of(Map.of("tags", json)))
                .withMessageContaining("tags.tags");
    }

    private static List<Reading> measure(Map<String, Object> properties) {
        return new TagsInformer(properties).measure().toCompletableFuture().join();
    }
}
