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
package org.pinion.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void unknownKeysOrderAndNumbersSurviveARoundTrip() {
        String text = """
                {
                  "zeta": {
                    "mine": [
                      1,
                      2.50,
                      -3,
                      18446744073709551615,
                      null,
                      true,
                      {},
                      []
                    ],
                    "ä": "x"
                  },
                  "alpha": "last"
                }""";

        assertThat(Json.pretty(Json.parseObject(text), 2)).isEqualTo(text);
    }

    @Test
    void textsAreEscapedAsGoEscapesThem() {
        String escaped = "{\"a\":\"\\u003c\\u003e\\u0026\\u2028\\u2029\\n\\t\\r\\b\\f\\\\\\\"\\u0001é\"}";

        assertThat(Json.compact(Json.parseObject(escaped))).isEqualTo(escaped);
    }

    @Test
    void ofDuplicateKeysTheLastWins() {
        assertThat(Json.parseObject("{\"a\":1,\"a\":2}")).containsEntry("a", 2L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "1", "{", "{} {}", "{}x", "{\"a\":}", "{a:1}", "{\"a\":01}"})
    void everythingElseIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Json.parseObject(text));
    }

    @Test
    void theMessageSaysWhere() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Json.parseObject("{\n  \"a\": x\n}"))
                .withMessageContaining("line 2");
    }

    @Test
    void nestingHasALimit() {
        String deep = "{\"a\":".repeat(100) + "1" + "}".repeat(100);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Json.parseObject(deep))
                .withMessageContaining("64");
    }
}
