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
import org.pinion.client.command.HelpText;
import org.pinion.client.command.Option;
import org.pinion.client.command.Options;

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
        List<Option> options,
        Action action) {
    /** The scope of all our commands. */
    static final String SCOPE = "cluster";

    private static final int MAX_WORDS = 10_000;
    private static final HelpText FORM = new HelpText(100, 34);
    private static final Option HELP = Option.flag("show this help", "help", "h");

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
        List<Option> all = new ArrayList<>(options);
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
        FORM.paragraphs(out, description);
        out.append("\nOPTIONS\n");
        options.forEach(option -> FORM.option(out, option));
        out.append("\nEXAMPLES\n");
        examples.forEach(example -> out.append("   ").append(example).append('\n'));
        return out.toString();
    }

    /** Reads the words behind the command. */
    Options parsed(List<String> words) {
        if (words.size() > MAX_WORDS) {
            throw ShellFailure.usage("a command takes at most " + MAX_WORDS + " words, not " + words.size());
        }
        Options parsed = Options.strictly(options, words, ShellFailure.ERRORS);
        if (!parsed.flag(HELP.name())) {
            check(parsed.arguments());
        }
        return parsed;
    }

    private void check(List<String> given) {
        boolean many = arguments.stream().anyMatch(Arg::many);
        if (!many && given.size() > arguments.size()) {
            throw ShellFailure.usage(SCOPE + ":" + name + " does not take \"" + given.get(arguments.size()) + "\"; see "
                    + SCOPE + ":" + name + " --help");
        }
        for (int i = given.size(); i < arguments.size(); i++) {
            Arg wanted = arguments.get(i);
            if (wanted.required()) {
                throw ShellFailure.usage(
                        SCOPE + ":" + name + " needs a " + wanted.name() + "; see " + SCOPE + ":" + name + " --help");
            }
        }
    }
}
