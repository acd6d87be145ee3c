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
package org.pinion.client.command;

/**
 * The parts of a help page, in lines that are broken between words. Any thread.
 *
 * @param columns no line is longer, unless a word is
 * @param described the column, from 0, at which the descriptions of a table begin
 */
public record HelpText(int columns, int described) {
    private static final String MARGIN = "   ";

    /** Appends paragraphs, of one line each in the text. */
    public void paragraphs(StringBuilder out, String text) {
        for (String paragraph : text.strip().split("\n", -1)) {
            wrapped(out, paragraph.isEmpty() ? "" : MARGIN + paragraph, MARGIN.length());
        }
    }

    /** Appends the row of an option, with its default if it has one. */
    public void option(StringBuilder out, Option option) {
        String value = option.isFlag() ? "" : " value";
        boolean shown = !option.isFlag() && !option.otherwise().isEmpty();
        String note = shown ? " (default: " + option.otherwise() + ")" : "";
        row(out, String.join(", ", option.dashed()) + value, option.description() + note);
    }

    /** Appends a row of a table. */
    public void row(StringBuilder out, String name, String description) {
        String start = MARGIN + name;
        String gap = start.length() < described ? " ".repeat(described - start.length()) : "  ";
        wrapped(out, start + gap + description, described);
    }

    /** Appends a text; all lines but the first are indented. */
    public void wrapped(StringBuilder out, String text, int indent) {
        String rest = text;
        while (rest.length() > columns) {
            int cut = rest.lastIndexOf(' ', columns);
            if (cut <= indent) {
                break;
            }
            out.append(rest, 0, cut).append('\n');
            rest = " ".repeat(indent) + rest.substring(cut + 1);
        }
        out.append(rest).append('\n');
    }
}
