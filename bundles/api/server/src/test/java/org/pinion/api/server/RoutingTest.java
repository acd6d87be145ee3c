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
package org.pinion.api.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pinion.spi.http.Exchange;
import org.pinion.spi.http.HttpSettings;

class RoutingTest {
    @Test
    void cleansPaths() {
        assertThat(Paths.clean("/a/b")).isEqualTo("/a/b");
        assertThat(Paths.clean("//a/./b//c")).isEqualTo("/a/b/c");
        assertThat(Paths.clean("/a/../../b/")).isEqualTo("/b/");
        assertThat(Paths.clean("/..")).isEqualTo("/");
    }

    @Test
    void decodesQueriesAsFormsAndDropsBrokenPairs() {
        assertThat(Paths.query("a=1&a=2&b=x%20y+z&c&=e&d=%zz&&f=%C3%BC"))
                .isEqualTo(Map.of(
                        "a",
                        List.of("1", "2"),
                        "b",
                        List.of("x y z"),
                        "c",
                        List.of(""),
                        "",
                        List.of("e"),
                        "f",
                        List.of("ü")));
        assertThat(Paths.query(null)).isEmpty();
    }

    @Test
    void encodesWhatALocationMustNotHold() {
        assertThat(Paths.encode("/a b/ü\r\n")).isEqualTo("/a%20b/%C3%BC%0D%0A");
    }

    @Test
    void matchesOneOriginPatternWithAStar() {
        Cors cors = new Cors(new HttpSettings.Cors(
                List.of("https://*.Example.com"),
                List.of("GET", "POST"),
                List.of("X-One"),
                List.of(),
                false,
                Duration.ofMinutes(10)));
        assertThat(preflight(cors, "https://a.example.com", "POST", "x-one"))
                .containsExactly(
                        "Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
                        "Access-Control-Allow-Origin: https://a.example.com",
                        "Access-Control-Allow-Methods: POST",
                        "Access-Control-Allow-Headers: x-one",
                        "Access-Control-Max-Age: 600");
        assertThat(preflight(cors, "https://example.org", "POST", "")).hasSize(1);
        assertThat(preflight(cors, "https://a.example.com", "PUT", "")).hasSize(1);
        assertThat(preflight(cors, "https://a.example.com", "GET", "x-two")).hasSize(1);
    }

    private static List<String> preflight(Cors cors, String origin, String method, String headers) {
        List<String> answer = new ArrayList<>();
        Exchange.Request request = new Exchange.Request(
                "OPTIONS",
                "/",
                Map.of(),
                Map.of(),
                Map.of(
                        "origin",
                        List.of(origin),
                        "access-control-request-method",
                        List.of(method),
                        "access-control-request-headers",
                        List.of(headers)),
                "/",
                "127.0.0.1");
        cors.preflight(request, (name, value) -> answer.add(name + ": " + value));
        return answer;
    }
}
