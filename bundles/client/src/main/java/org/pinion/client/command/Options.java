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

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Words of a command line as options and arguments, by the rules of the reference. An own parser, because a library for
 * this takes longer to load than a whole command of ipfs-cluster-ctl takes to run. For one thread.
 */
public final class Options {
    private final Map<String, Option> known = new HashMap<>();
    private final Map<Option, List<String>> given = new HashMap<>();
    private final List<String> arguments = new ArrayList<>();
    private final UsageErrors errors;

    private Options(List<Option> options, UsageErrors errors) {
        this.errors = errors;
        for (Option option : options) {
            for (String name : option.names()) {
                known.put(name, option);
            }
        }
    }

    /** Options up to the first argument; the rest are arguments, whatever they look like. */
    public static Options before(List<Option> options, List<String> words, UsageErrors errors) {
        Options parsed = new Options(options, errors);
        int at = 0;
        while (at < words.size() && isOption(words.get(at)) && !words.get(at).equals("--")) {
            at = parsed.take(words, at);
        }
        int rest = at < words.size() && words.get(at).equals("--") ? at + 1 : at;
        parsed.arguments.addAll(words.subList(rest, words.size()));
        return parsed;
    }

    /** Options and arguments in any order; {@code --} ends the options. Unknown options after an argument are arguments. */
    public static Options among(List<Option> options, List<String> words, UsageErrors errors) {
        return anywhere(options, words, errors, true);
    }

    /** Options and arguments in any order; {@code --} ends the options. Unknown options are errors wherever they are. */
    public static Options strictly(List<Option> options, List<String> words, UsageErrors errors) {
        return anywhere(options, words, errors, false);
    }

    private static Options anywhere(List<Option> options, List<String> words, UsageErrors errors, boolean lenient) {
        Options parsed = new Options(options, errors);
        int at = 0;
        while (at < words.size()) {
            String word = words.get(at);
            if (word.equals("--")) {
                parsed.arguments.addAll(words.subList(at + 1, words.size()));
                break;
            }
            boolean afterAll = lenient && !parsed.arguments.isEmpty() && !parsed.known.containsKey(name(word));
            if (!isOption(word) || afterAll) {
                parsed.arguments.add(word);
                at++;
            } else {
                at = parsed.take(words, at);
            }
        }
        return parsed;
    }

    /** The option that a word names, with its value or without; null if it is none of these. */
    public static @Nullable Option named(List<Option> options, String word) {
        if (isOption(word)) {
            String name = name(word);
            for (Option option : options) {
                if (option.names().contains(name)) {
                    return option;
                }
            }
        }
        return null;
    }

    private static boolean isOption(String word) {
        return word.length() > 1 && word.charAt(0) == '-';
    }

    private static String name(String word) {
        int start = word.startsWith("--") ? 2 : 1;
        int equals = word.indexOf('=');
        return equals < 0 ? word.substring(start) : word.substring(start, equals);
    }

    /** Takes the option at a place, and gives the place of the next word. */
    private int take(List<String> words, int at) {
        String word = words.get(at);
        Option option = known.get(name(word));
        if (option == null) {
            throw errors.unknown(word, name(word));
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
            throw errors.noValue(word, name(word));
        }
        given.computeIfAbsent(option, any -> new ArrayList<>(1)).add(option.checked(value, errors));
        return next;
    }

    /** The words that are neither options nor their values. */
    public List<String> arguments() {
        return arguments;
    }

    /** Whether an option was given. */
    public boolean has(String name) {
        Option option = known.get(name);
        return option != null && given.containsKey(option);
    }

    /** Whether a flag is on. */
    public boolean flag(String name) {
        return value(name).equals("true");
    }

    /** The last value, or the default; empty for options that the command does not have. */
    public String value(String name) {
        Option option = known.get(name);
        if (option == null) {
            return "";
        }
        List<String> values = values(name);
        return values.isEmpty() ? option.otherwise() : values.get(values.size() - 1);
    }

    /** All values that were given. */
    public List<String> values(String name) {
        Option option = known.get(name);
        return option == null ? List.of() : given.getOrDefault(option, List.of());
    }
}
