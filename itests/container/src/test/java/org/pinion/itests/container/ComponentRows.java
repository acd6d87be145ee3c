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
package org.pinion.itests.container;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.pinion.itests.testkit.Rest;
import org.pinion.itests.testkit.TestPeer;

/**
 * What {@code GET /health/components} said.
 *
 * @param json the answer
 */
record ComponentRows(JsonNode json) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static ComponentRows of(TestPeer peer) throws IOException, InterruptedException {
        Rest.Answer answer = peer.get("/health/components");
        if (answer.status() != 200) {
            throw new IOException(answer.toString());
        }
        return new ComponentRows(JSON.readTree(answer.body()));
    }

    /** The row of a component; a missing node if there is none. */
    JsonNode row(String type, String implementation) {
        for (JsonNode row : json.path("components")) {
            if (row.path("type").asText().equals(type)
                    && row.path("implementation").asText().equals(implementation)) {
                return row;
            }
        }
        return MissingNode.getInstance();
    }

    /** Since when every component of the other bundles runs, by type, name and bundle. */
    Map<String, String> startsExceptOf(String bundle) {
        Map<String, String> starts = new TreeMap<>();
        for (JsonNode row : json.path("components")) {
            if (!row.path("bundle").asText().startsWith(bundle + " ")) {
                String key = row.path("type").asText() + " "
                        + row.path("implementation").asText() + " "
                        + row.path("bundle_id").asText();
                starts.put(key, row.path("since").asText());
            }
        }
        return starts;
    }
}
