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

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The words behind a command as options and arguments, in any order. For one thread. */
final class Words {
    private static final int MAX_WORDS = 10_000;

    private final Map<String, Opt> known = new HashMap<>();
    private final Map<Opt, List<String>> given = new HashMap<>();
    private final List<String> arguments = new ArrayList<>();

    private Words(List<Opt> options) {
        options.forEach(option -> option.names().forEach(name -> known.put(name, option)));
    }

    /** Reads words; {@code --} ends the options. */
    static Words of(Spec spec, List<String> words) {
        if (words.size() > MAX_WORDS) {
            throw ShellFailure.usage("a command takes at most " + MAX_WORDS + " words, not " + words.size());
        }
        Words parsed = new Words(spec.options());
        int at = 0;
        while (at < words.size()) {
            String word = words.get(at);
            if (word.equals("--")) {
                parsed.arguments.addAll(words.subList(at + 1, words.size()));
                break;
            }
            if (isOption(word)) {
                at = parsed.take(words, at);
            } else {
                parsed.arguments.add(word);
                at++;
            }
        }
        if (!parsed.flag("help")) {
            parsed.check(spec);
        }
        return parsed;
    }

    private void check(Spec spec) {
        boolean many = spec.arguments().stream().anyMatch(Spec.Arg::many);
        if (!many && arguments.size() > spec.arguments().size()) {
            throw ShellFailure.usage(Spec.SCOPE + ":" + spec.name() + " does not take \""
                    + arguments.get(spec.arguments().size()) + "\"; see " + Spec.SCOPE + ":" + spec.name() + " --help");
        }
        for (int i = 0; i < spec.arguments().size(); i++) {
            Spec.Arg wanted = spec.arguments().get(i);
            if (wanted.required() && i >= arguments.size()) {
                throw ShellFailure.usage(Spec.SCOPE + ":" + spec.name() + " needs a " + wanted.name() + "; see "
                        + Spec.SCOPE + ":" + spec.name() + " --help");
            }
        }
    }

    static boolean isOption(String word) {
        return word.length() > 1 && word.charAt(0) == '-';
    }

    /** The option that a word names, or null. */
    static @Nullable Opt option(List<Opt> options, String word) {
        if (!isOption(word)) {
            return null;
        }
        String name = name(word);
        return options.stream()
                .filter(option -> option.names().contains(name))
                .findFirst()
                .orElse(null);
    }

    private static String name(String word) {
        int start = word.startsWith("--") ? 2 : 1;
        int equals = word.indexOf('=');
        return equals < 0 ? word.substring(start) : word.substring(start, equals);
    }

    /** Takes the option at a place, and gives the place of the next word. */
    private int take(List<String> words, int at) {
        String word = words.get(at);
        Opt option = known.get(name(word));
        if (option == null) {
            throw ShellFailure.usage("no option " + word + "; --help shows those that there are");
        }
        int equals = word.indexOf('=');
        int next = at + 1;
        String value;
        if (equals >= 0) {
            value = word.substring(equals + 1);
        } else if (option.isFlag()) {
            value = "true";
        } else if (next < words.size()) {
            value = words.get(next);
            next++;
        } else {
            throw ShellFailure.usage("option " + word + " needs a value");
        }
        given.computeIfAbsent(option, any -> new ArrayList<>(1)).add(option.checked(value));
        return next;
    }

    List<String> arguments() {
        return arguments;
    }

    boolean has(String name) {
        Opt option = known.get(name);
        return option != null && given.containsKey(option);
    }

    boolean flag(String name) {
        return value(name).equals("true");
    }

    /** The last value, or the default; empty for options that the command does not have. */
    String value(String name) {
        Opt option = known.get(name);
        if (option == null) {
            return "";
        }
        List<String> values = given.getOrDefault(option, List.of());
        return values.isEmpty() ? option.otherwise() : values.get(values.size() - 1);
    }

    List<String> values(String name) {
        Opt option = known.get(name);
        return option == null ? List.of() : given.getOrDefault(option, List.of());
    }
}
