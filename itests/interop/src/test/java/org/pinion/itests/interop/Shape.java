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
package org.pinion.itests.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pinion.itests.testkit.Program;

/**
 * Answers of ctl without what differs from one call to the next: times, versions, rates, and the order of lists that
 * have none. The order of fields stays.
 */
final class Shape {
    private static final Pattern TIME =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)?");
    private static final Pattern RELATIVE = Pattern.compile("now\\b|(\\d+|an?) \\w+ (ago|from now)");
    private static final Pattern VERSION = Pattern.compile("1\\.1\\.6\\+pinion\\.[0-9.]+");
    private static final Pattern LONG_NUMBER = Pattern.compile("\\d{9,}");
    private static final Pattern DOT_COMMENT = Pattern.compile("(?m)^/\\*.*\\*/$");
    private static final Pattern DOT_SELF = Pattern.compile("\\b[CT](\\d+)\\b");

    private final List<Member> members;
    private final boolean local;

    /** For answers about all members, or about the asked one only: then its names do not matter. */
    Shape(List<Member> members, boolean local) {
        this.members = members;
        this.local = local;
    }

    /** What can be compared of a result: its exit code and its standard output. */
    String of(Program.Result result, boolean json) throws IOException {
        String out = local ? anonymous(result.out()) : result.out();
        if (out.startsWith("digraph")) {
            return graph(out);
        }
        return result.exitCode() + "\n" + (json ? json(out) : text(out));
    }

    /** Peers' and IPFS nodes' ids, names and ports give way to words. */
    private String anonymous(String out) {
        String text = out.replaceAll("12D3KooW\\w+", "PEER").replaceAll("/tcp/\\d+", "/tcp/PORT");
        for (Member member : members) {
            text = text.replace(member.name(), "NAME");
        }
        return text;
    }

    private static String text(String out) {
        return plain(out).lines().filter(line -> !line.isBlank()).sorted().collect(Collectors.joining("\n"));
    }

    /** The nodes' numbers depend on who is asked by one letter, and the comments are free. */
    private static String graph(String out) {
        String text = DOT_COMMENT.matcher(out).replaceAll("").replace(" peripheries=\"2\"", "");
        return text(DOT_SELF.matcher(text).replaceAll("P$1"));
    }

    private static String json(String out) throws IOException {
        List<String> objects = new ArrayList<>();
        for (JsonNode each :
                Member.JSON.readerFor(JsonNode.class).<JsonNode>readValues(out).readAll()) {
            objects.add(plain(sorted(each).toPrettyString()));
        }
        objects.sort(null);
        return String.join("\n", objects);
    }

    private static JsonNode sorted(JsonNode node) {
        if (node instanceof ObjectNode object) {
            ObjectNode result = object.objectNode();
            object.properties().forEach(field -> result.set(field.getKey(), sorted(field.getValue())));
            boolean known = object.path("peer_map").findValuesAsText("status").stream()
                    .anyMatch(status -> !status.equals("unpinned"));
            if (known) {
                // In statuses of the pin set, the reference's answer depends on whether the last peer asked was itself.
                Stream.of("allocations", "origins")
                        .filter(name -> result.path(name).isNull())
                        .forEach(result::putArray);
            }
            return result;
        }
        if (node instanceof ArrayNode array) {
            List<JsonNode> elements = new ArrayList<>();
            array.forEach(element -> elements.add(sorted(element)));
            elements.sort(java.util.Comparator.comparing(JsonNode::toString));
            return array.arrayNode().addAll(elements);
        }
        return node;
    }

    private static String plain(String text) {
        String result = TIME.matcher(text).replaceAll("TIME");
        result = RELATIVE.matcher(result).replaceAll("RELATIVE");
        result = VERSION.matcher(result).replaceAll("1.1.6");
        return LONG_NUMBER.matcher(result).replaceAll("NUMBER");
    }
}
