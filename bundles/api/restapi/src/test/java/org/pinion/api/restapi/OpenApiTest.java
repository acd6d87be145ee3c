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
package org.pinion.api.restapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.http.Route;

/** The document says what is served. */
class OpenApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CID = "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N";

    @TempDir
    Path folder;

    private static String body(String answer) {
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    private JsonNode document(RunningApi api) throws IOException {
        return JSON.readTree(body(api.ask("GET", "/openapi.json")));
    }

    @Test
    void isAnOpenApiDocument() throws IOException {
        try (RunningApi api = new RunningApi(folder)) {
            String text = body(api.ask("GET", "/openapi.json"));
            SwaggerParseResult result = new OpenAPIV3Parser().readContents(text);
            assertThat(result.getMessages()).isNullOrEmpty();
            assertThat(result.getOpenAPI().getOpenapi()).isEqualTo("3.1.0");
            assertThat(result.getOpenAPI().getPaths()).hasSizeGreaterThan(20);
        }
    }

    @Test
    void describesExactlyTheRoutesThatServe() throws IOException {
        try (RunningApi api = new RunningApi(folder)) {
            JsonNode document = document(api);
            Set<String> described = new TreeSet<>();
            Set<String> ids = new TreeSet<>();
            List<String> twice = new ArrayList<>();
            document.get("paths")
                    .properties()
                    .forEach(path -> path.getValue().properties().forEach(operation -> {
                        described.add(operation.getKey().toUpperCase(java.util.Locale.ROOT) + " " + path.getKey());
                        String id = operation.getValue().get("operationId").asText();
                        if (!ids.add(id)) {
                            twice.add(id);
                        }
                    }));
            Set<String> served = new TreeSet<>();
            api.api
                    .routes()
                    .forEach(route ->
                            served.add(route.method() + " " + route.path().replace("...}", "}")));
            assertThat(described).isEqualTo(served);
            assertThat(twice).isEmpty();
        }
    }

    @Test
    void refersOnlyToWhatIsThereAndDescribesNothingElse() throws IOException {
        try (RunningApi api = new RunningApi(folder)) {
            JsonNode document = document(api);
            Set<String> used = new TreeSet<>();
            for (JsonNode reference : document.findValues("$ref")) {
                String pointer = reference.asText().substring(1);
                assertThat(document.at(pointer).isMissingNode()).as(pointer).isFalse();
                used.add(pointer);
            }
            for (String kind : new String[] {"schemas", "parameters"}) {
                document.at("/components/" + kind)
                        .fieldNames()
                        .forEachRemaining(name -> assertThat(used).contains("/components/" + kind + "/" + name));
            }
        }
    }

    @Test
    void aRouteThatIsNotDescribedIsAnError() {
        Route route = new Route("Unknown", "GET", "/unknown", exchange -> null);
        assertThatThrownBy(() -> OpenApi.of(List.of(route), "1")).hasMessageContaining("Unknown");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /id",
        "GET, /version",
        "GET, /peers",
        "GET, /allocations",
        "GET, /allocations/" + CID,
        "GET, /pins",
        "GET, /pins/" + CID,
        "POST, /pins/" + CID,
        "POST, /pins/" + CID + "/recover",
        "POST, /ipfs/gc",
        "GET, /health/graph",
        "GET, /health/alerts",
        "GET, /health/bandwidth",
        "GET, /health/components",
        "GET, /monitor/metrics",
        "GET, /monitor/metrics/freespace",
        "DELETE, /pins/" + CID,
        "GET, /nothing",
    })
    void answersAreOfTheDescribedForm(String method, String path) throws IOException {
        try (RunningApi api = new RunningApi(folder)) {
            api.cluster.pin(
                    Pin.of(Cid.parse(CID), PinOptions.builder().name("one").build()));
            JsonNode document = document(api);
            String known = path.replace(CID, "{hash}").replace("freespace", "{name}");
            JsonNode responses = document.path("paths")
                    .path(known)
                    .path(method.toLowerCase(java.util.Locale.ROOT))
                    .path("responses");
            JsonNode schema = known.equals("/nothing")
                    ? document.at("/components/responses/Error/content/application~1json/schema")
                    : responses.at("/200/content/application~1json/schema");
            assertThat(schema.isMissingNode()).isFalse();
            com.fasterxml.jackson.databind.node.ObjectNode whole = schema.deepCopy();
            whole.set("components", document.get("components"));
            JsonSchema checked = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(whole);
            String answer = api.raw(method + " " + path + " HTTP/1.0\r\n\r\n");
            List<JsonNode> values = new ArrayList<>();
            try (JsonParser parser = JSON.createParser(body(answer))) {
                for (JsonNode value = parser.readValueAsTree(); value != null; value = parser.readValueAsTree()) {
                    values.add(value);
                }
            }
            assertThat(values).isNotEmpty();
            values.forEach(value ->
                    assertThat(checked.validate(value)).as(value.toString()).isEmpty());
        }
    }
}
