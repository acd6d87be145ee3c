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

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.http.Route;

/**
 * The OpenAPI document, made from the routes that serve: paths, methods and variables are theirs, words and schemas stand in
 * {@code openapi.json} by the routes' names.
 *
 * @spec OpenAPI 3.1.0
 */
final class OpenApi {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String OPTION = "option-";
    private static final Pattern VARIABLE = Pattern.compile("\\{([a-z]+)(\\.\\.\\.)?}");

    private final Map<String, Operation> operations = new LinkedHashMap<>();
    private final List<String> options = new ArrayList<>();
    private String components = "{}";

    private OpenApi() {}

    /** What the resource says of a route. */
    private static final class Operation {
        private String summary = "";
        private String answer = "";
        private @Nullable String body;
        private boolean ours;
        private boolean open;
        private boolean options;
        private final List<String> query = new ArrayList<>();
    }

    /**
     * The document.
     *
     * @param routes the routes that serve
     * @param version of this program
     * @throws IllegalStateException if a route is not described, or what is described is no route
     */
    static byte[] of(List<Route> routes, String version) {
        try {
            OpenApi api = new OpenApi();
            api.load();
            return api.write(routes, version);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void load() throws IOException {
        try (InputStream in = OpenApi.class.getResourceAsStream("openapi.json");
                JsonParser parser = JSON.createParser(in)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if (name.equals("operations")) {
                    while (parser.nextToken() == JsonToken.FIELD_NAME) {
                        String route = parser.currentName();
                        parser.nextToken();
                        operations.put(route, operation(parser));
                    }
                } else {
                    components = copy(parser);
                }
            }
        }
        try (JsonParser parser = JSON.createParser(components)) {
            while (parser.nextToken() != null) {
                if (parser.currentToken() == JsonToken.FIELD_NAME
                        && parser.currentName().startsWith(OPTION)) {
                    options.add(parser.currentName());
                }
            }
        }
    }

    private static String copy(JsonParser parser) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text)) {
            out.copyCurrentStructure(parser);
        }
        return text.toString();
    }

    private static Operation operation(JsonParser parser) throws IOException {
        Operation operation = new Operation();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "summary" -> operation.summary = parser.getText();
                case "answer" -> operation.answer = parser.getText();
                case "body" -> operation.body = parser.getText();
                case "ours" -> operation.ours = parser.getBooleanValue();
                case "open" -> operation.open = parser.getBooleanValue();
                case "options" -> operation.options = parser.getBooleanValue();
                case "query" -> {
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        operation.query.add(parser.getText());
                    }
                }
                default -> throw new IllegalStateException("openapi.json has an unknown field " + name);
            }
        }
        return operation;
    }

    private byte[] write(List<Route> routes, String version) throws IOException {
        Map<String, List<Route>> paths = new LinkedHashMap<>();
        routes.forEach(route -> paths.computeIfAbsent(
                        VARIABLE.matcher(route.path()).replaceAll("{$1}"), path -> new ArrayList<>())
                .add(route));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.writeStartObject();
            out.writeStringField("openapi", "3.1.0");
            out.writeObjectFieldStart("info");
            out.writeStringField("title", "Pinion: the REST API of a cluster peer");
            out.writeStringField("version", version);
            out.writeEndObject();
            raw(out, "security", "[{},{\"basic\":[]},{\"bearer\":[]}]");
            out.writeObjectFieldStart("paths");
            for (Map.Entry<String, List<Route>> path : paths.entrySet()) {
                out.writeObjectFieldStart(path.getKey());
                for (Route route : path.getValue()) {
                    out.writeObjectFieldStart(route.method().toLowerCase(Locale.ROOT));
                    write(out, route, described(route.name()));
                    out.writeEndObject();
                }
                out.writeEndObject();
            }
            out.writeEndObject();
            raw(out, "components", components);
            out.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private Operation described(String name) {
        Operation operation = operations.get(name);
        if (operation == null) {
            throw new IllegalStateException("openapi.json does not describe route " + name);
        }
        return operation;
    }

    private void write(JsonGenerator out, Route route, Operation operation) throws IOException {
        boolean several = route.path().endsWith("...}");
        out.writeStringField(
                "operationId", several ? route.name() + "-" + route.path().split("/")[2] : route.name());
        out.writeStringField("summary", operation.summary);
        raw(out, "tags", operation.ours ? "[\"pinion\"]" : "[\"ipfs-cluster\"]");
        if (operation.open) {
            raw(out, "security", "[]");
        }
        out.writeArrayFieldStart("parameters");
        Matcher variables = VARIABLE.matcher(route.path());
        while (variables.find()) {
            out.writeRawValue("{\"name\":\"" + variables.group(1)
                    + "\",\"in\":\"path\",\"required\":true,\"schema\":{\"type\":\"string\"}}");
        }
        List<String> query = new ArrayList<>(operation.query);
        if (operation.options) {
            query.addAll(options);
        }
        for (String parameter : query) {
            out.writeRawValue("{\"$ref\":\"#/components/parameters/" + parameter + "\"}");
        }
        out.writeEndArray();
        String body = operation.body;
        if (body != null) {
            raw(out, "requestBody", body(body));
        }
        raw(out, "responses", responses(operation.answer));
    }

    private static String schema(String name) {
        return "{\"$ref\":\"#/components/schemas/" + name + "\"}";
    }

    private static String body(String kind) {
        return switch (kind) {
            case "multipart" ->
                "{\"required\":true,\"content\":{\"multipart/form-data\":{\"schema\":{\"type\":\"object\"}}}}";
            case "PeerAdd" ->
                "{\"required\":true,\"content\":{\"application/json\":{\"schema\":" + schema(kind) + "}}}";
            default -> "{\"required\":true,\"content\":{\"application/x-ndjson\":{\"schema\":" + schema(kind) + "}}}";
        };
    }

    private static String responses(String answer) {
        String errors = ",\"default\":{\"$ref\":\"#/components/responses/Error\"}}";
        int colon = answer.indexOf(':');
        String kind = colon < 0 ? answer : answer.substring(0, colon);
        String name = answer.substring(colon + 1);
        return switch (kind) {
            case "none" -> "{\"204\":{\"description\":\"Done; no body\"}" + errors;
            case "lines" ->
                "{\"200\":{\"description\":\"One object per line; a failure on the way is in the trailer X-Stream-Error\","
                        + "\"content\":{\"application/json\":{\"schema\":" + schema(name)
                        + "}}},\"204\":{\"description\":\"Nothing to list; no body\"}" + errors;
            case "array" ->
                "{\"200\":{\"description\":\"A list\",\"content\":{\"application/json\":{\"schema\":{\"type\":\"array\",\"items\":"
                        + schema(name) + "}}}}" + errors;
            case "events" ->
                "{\"200\":{\"description\":\"Events\",\"content\":{\"text/event-stream\":{\"schema\":{\"type\":\"string\"}}}}"
                        + errors;
            case "document" ->
                "{\"200\":{\"description\":\"OpenAPI\",\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\"}}}}"
                        + errors;
            default ->
                "{\"200\":{\"description\":\"" + name + "\",\"content\":{\"application/json\":{\"schema\":"
                        + schema(name) + "}}}" + errors;
        };
    }

    private static void raw(JsonGenerator out, String field, String json) throws IOException {
        out.writeFieldName(field);
        out.writeRawValue(json);
    }
}
