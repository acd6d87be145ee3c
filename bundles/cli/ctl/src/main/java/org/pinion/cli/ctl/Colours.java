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
package org.pinion.cli.ctl;

import java.util.regex.Pattern;

/** Colours for terminals. */
final class Colours {
    private static final String OFF = "\u001b[0m";
    private static final String RED = "\u001b[31m";
    private static final String GREEN = "\u001b[32m";
    private static final String YELLOW = "\u001b[33m";
    private static final String CYAN = "\u001b[36m";

    private static final Pattern STATUS = Pattern.compile("(?<=[: ] |^)([A-Z]+_?[A-Z]*)(?=:? )", Pattern.MULTILINE);

    private Colours() {}

    /** The text with the words for statuses in colour. */
    static String statuses(String text) {
        return STATUS.matcher(text).replaceAll(match -> {
            String colour = colour(match.group());
            return colour.isEmpty() ? match.group() : colour + match.group() + OFF;
        });
    }

    private static String colour(String status) {
        return switch (status) {
            case "PINNED", "SHARDED" -> GREEN;
            case "REMOTE", "UNPINNED" -> CYAN;
            case "PIN_QUEUED", "PINNING", "UNPIN_QUEUED", "UNPINNING" -> YELLOW;
            case "CLUSTER_ERROR", "PIN_ERROR", "UNPIN_ERROR", "UNEXPECTEDLY_UNPINNED", "UNDEFINED", "ERROR" -> RED;
            default -> "";
        };
    }

    static String error(String text) {
        return RED + text.strip() + OFF + "\n";
    }
}
