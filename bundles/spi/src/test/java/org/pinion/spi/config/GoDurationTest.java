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

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {
    @ParameterizedTest
    @CsvSource({
        "0, PT0S",
        "0s, PT0S",
        "30s, PT30S",
        "1m30s, PT1M30S",
        "1.5h, PT1H30M",
        "300ms, PT0.3S",
        "2us, PT0.000002S",
        "-5s, PT-5S",
        "+5s, PT5S",
        ".5s, PT0.5S",
        "24h, PT24H",
        "1h0m0s, PT1H"
    })
    void readsWhatGoReads(String text, Duration expected) {
        assertThat(GoDuration.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "5 s", "5d", "1m 30s", "-", "1s2", "9999999999h"})
    void refusesEverythingElseAndNamesIt(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GoDuration.parse(text))
                .withMessageContaining("\"" + text + "\"");
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0s",
        "PT2M, 2m0s",
        "PT1H, 1h0m0s",
        "PT24H, 24h0m0s",
        "PT0.3S, 300ms",
        "PT1.5S, 1.5s",
        "PT0.000002S, 2µs",
        "PT-5S, -5s",
        "PT1M0.25S, 1m0.25s"
    })
    void printsAsGoPrints(Duration duration, String expected) {
        assertThat(GoDuration.format(duration)).isEqualTo(expected);
    }

    @Test
    void whatItPrintsItReads() {
        Duration odd = Duration.ofNanos(3_723_004_005_006L);
        assertThat(GoDuration.parse(GoDuration.format(odd))).isEqualTo(odd);
    }
}
