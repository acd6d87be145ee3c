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
package org.pinion.client;

import java.util.regex.Pattern;

/** Text for terminals: colours, and nothing that somebody else wrote to command the terminal. Pure. */
public final class TerminalText {
    private static final String OFF = "\u001b[0m";
    private static final String RED = "\u001b[31m";
    private static final String GREEN = "\u001b[32m";
    private static final String YELLOW = "\u001b[33m";
    private static final String CYAN = "\u001b[36m";

    private static final Pattern STATUS = Pattern.compile("(?<=[: ] |^)([A-Z]+_?[A-Z]*)(?=:? )", Pattern.MULTILINE);

    private TerminalText() {}

    /** The text with the words for statuses in colour. */
    public static String coloured(String text) {
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

    /** An error in red, with one line break at its end. */
    public static String error(String text) {
        return RED + text.strip() + OFF + "\n";
    }

    /** Text that was made elsewhere, without what would command a terminal. */
    public static String safe(String text) {
        StringBuilder out = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean command = (c < ' ' && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0);
            if (command && out == null) {
                out = new StringBuilder(text.length()).append(text, 0, i);
            }
            if (out != null) {
                out.append(command ? '\ufffd' : c);
            }
        }
        return out == null ? text : out.toString();
    }
}
