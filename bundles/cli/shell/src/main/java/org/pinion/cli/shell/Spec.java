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
package org.pinion.cli.shell;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One command as data: its words, its help, what completes it, and what it does.
 *
 * @param name without the scope, for example {@code pin-add}
 * @param arguments in their order
 * @param summary one line
 * @param description paragraphs for the help
 * @param examples command lines with a remark behind {@code #}
 * @param options its options
 * @param action what it does
 */
record Spec(
        String name,
        List<Arg> arguments,
        String summary,
        String description,
        List<String> examples,
        List<Opt> options,
        Action action) {
    /** The scope of all our commands. */
    static final String SCOPE = "cluster";

    private static final int COLUMNS = 100;
    private static final int DESCRIBED = 34;
    private static final Opt HELP = Opt.flag("show this help", "help", "h");

    /** Runs with parsed words. */
    interface Action {
        void run(Call call) throws IOException;
    }

    /**
     * An argument.
     *
     * @param name for the help
     * @param required whether the command needs it
     * @param many whether all that follow are the same
     * @param source what completes it
     */
    record Arg(String name, boolean required, boolean many, Source source) {
        static Arg one(String name, Source source) {
            return new Arg(name, true, false, source);
        }

        static Arg perhaps(String name, Source source) {
            return new Arg(name, false, false, source);
        }

        static Arg any(String name, Source source) {
            return new Arg(name, false, true, source);
        }

        private String shown() {
            String text = many ? name + "..." : name;
            return required ? text : "[" + text + "]";
        }
    }

    /** Copies the lists; help is an option of every command. */
    Spec {
        arguments = List.copyOf(arguments);
        examples = List.copyOf(examples);
        List<Opt> all = new ArrayList<>(options);
        all.add(HELP);
        options = List.copyOf(all);
    }

    /** The help page. */
    String help() {
        StringBuilder out = new StringBuilder(1024);
        out.append("NAME\n   ")
                .append(SCOPE)
                .append(':')
                .append(name)
                .append(" - ")
                .append(summary);
        out.append("\n\nUSAGE\n   ").append(SCOPE).append(':').append(name).append(" [options]");
        arguments.forEach(argument -> out.append(' ').append(argument.shown()));
        out.append("\n\nDESCRIPTION\n");
        for (String paragraph : description.strip().split("\n", -1)) {
            wrapped(out, paragraph.isEmpty() ? "" : "   " + paragraph, 3);
        }
        out.append("\nOPTIONS\n");
        options.forEach(option -> described(out, option));
        out.append("\nEXAMPLES\n");
        examples.forEach(example -> out.append("   ").append(example).append('\n'));
        return out.toString();
    }

    private static void described(StringBuilder out, Opt option) {
        boolean shown = !option.isFlag() && !option.otherwise().isEmpty();
        String left = "   " + String.join(", ", option.dashed()) + (option.isFlag() ? "" : " value");
        String gap = left.length() < DESCRIBED ? " ".repeat(DESCRIBED - left.length()) : "  ";
        String note = shown ? " (default: " + option.otherwise() + ")" : "";
        wrapped(out, left + gap + option.description() + note, DESCRIBED);
    }

    private static void wrapped(StringBuilder out, String text, int indent) {
        String rest = text;
        while (rest.length() > COLUMNS) {
            int cut = rest.lastIndexOf(' ', COLUMNS);
            if (cut <= indent) {
                break;
            }
            out.append(rest, 0, cut).append('\n');
            rest = " ".repeat(indent) + rest.substring(cut + 1);
        }
        out.append(rest).append('\n');
    }
}
