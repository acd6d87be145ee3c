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
package org.pinion.api.ipfsproxy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.pinion.ipld.multiformats.Cid;

/** Checks content paths as Kubo does. Pure. */
final class ContentPaths {
    private ContentPaths() {}

    /**
     * The clean path; a text that is none may be one without its {@code /ipfs/}.
     *
     * @throws IllegalArgumentException that says why the text as it is is no path
     */
    static String parse(String text) {
        try {
            return path(text);
        } catch (IllegalArgumentException asItIs) {
            try {
                return path("/ipfs/" + text);
            } catch (IllegalArgumentException other) {
                throw asItIs;
            }
        }
    }

    private static String path(String text) {
        List<String> segments = List.copyOf(clean(text));
        if (!text.startsWith("/") || segments.size() < 2) {
            throw invalid(text, "path does not have enough components");
        }
        String namespace = segments.get(0);
        switch (namespace) {
            case "ipfs", "ipld" -> {
                try {
                    Cid.parse(segments.get(1));
                } catch (IllegalArgumentException e) {
                    throw invalid(text, "invalid cid: " + e.getMessage());
                }
            }
            case "ipns" -> {}
            default -> throw invalid(text, "unknown namespace: \"" + namespace + "\"");
        }
        return "/" + String.join("/", segments) + (text.endsWith("/") ? "/" : "");
    }

    private static Deque<String> clean(String text) {
        Deque<String> kept = new ArrayDeque<>();
        for (String segment : text.split("/")) {
            if (segment.equals("..")) {
                kept.pollLast();
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                kept.addLast(segment);
            }
        }
        return kept;
    }

    private static IllegalArgumentException invalid(String text, String why) {
        return new IllegalArgumentException("invalid path \"" + text + "\": " + why);
    }
}
