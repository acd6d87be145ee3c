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

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pinion.spi.config.GoDuration;

/**
 * The section {@code informer.tags}.
 *
 * @param metricTtl how long a measurement is valid; more than zero
 * @param tags values by key, sorted; may be empty
 */
record TagsSettings(Duration metricTtl, SortedMap<String, String> tags) {
    private static final Duration DEFAULT_TTL = Duration.ofSeconds(30);
    private static final JsonFactory JSON = new JsonFactory();

    TagsSettings {
        if (metricTtl.isNegative() || metricTtl.isZero()) {
            throw new IllegalArgumentException(
                    "tags.metric_ttl is invalid: " + GoDuration.format(metricTtl) + "; it must be more than 0s");
        }
        tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
    }

    /** Reads the component's properties; as in the reference, a section without {@code tags} has none. */
    static TagsSettings of(Map<String, Object> properties) {
        Object ttl = properties.get("metric.ttl");
        Object tags = properties.get("tags");
        return new TagsSettings(
                ttl == null ? DEFAULT_TTL : GoDuration.parse(ttl.toString()),
                tags == null ? Collections.emptySortedMap() : parse(tags.toString()));
    }

    private static SortedMap<String, String> parse(String json) {
        SortedMap<String, String> tags = new TreeMap<>();
        try (JsonParser parser = JSON.createParser(json)) {
            expect(parser.nextToken() == JsonToken.START_OBJECT, json);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String key = parser.currentName();
                expect(parser.nextToken() == JsonToken.VALUE_STRING, json);
                tags.put(key, parser.getText());
            }
            expect(parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null, json);
        } catch (IOException notJson) {
            throw new IllegalArgumentException("tags.tags is no JSON object of strings: " + json, notJson);
        }
        return tags;
    }

    private static void expect(boolean fine, String json) {
        if (!fine) {
            throw new IllegalArgumentException("tags.tags is no JSON object of strings: " + json);
        }
    }
}
