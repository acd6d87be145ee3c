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
package org.pinion.spi.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.pinion.spi.http.HeaderValue.Percent;

class PercentTest {
    @Test
    void textWithoutPercentSignsStaysButForTheBlanksOfQueries() {
        assertThat(Percent.decode("a+é", false)).isEqualTo("a+é");
        assertThat(Percent.decode("a+é", true)).isEqualTo("a é");
        assertThat(Percent.decode("", true)).isEmpty();
    }

    @Test
    void encodedBytesAreUtf8() {
        assertThat(Percent.decode("%C3%a9+%2B%25", true)).isEqualTo("é +%");
        assertThat(Percent.decode("%41+", false)).isEqualTo("A+");
    }

    @Test
    void brokenEncodingIsToldApart() {
        assertThat(Percent.decode("%4", false)).isNull();
        assertThat(Percent.decode("a%", false)).isNull();
        assertThat(Percent.decode("%4g", true)).isNull();
    }
}
