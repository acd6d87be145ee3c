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
import java.util.List;
import org.pinion.client.GoTime;

/**
 * One option of a command. One dash before a name and two are the same. Any thread.
 *
 * @param names all names without dashes, the long one first
 * @param kind what its value is
 * @param otherwise the default
 * @param description for the help
 */
public record Option(List<String> names, Kind kind, String otherwise, String description) {
    /** What an option takes. */
    public enum Kind {
        /** Nothing, or {@code =true} and {@code =false}. */
        FLAG,
        /** Any text. */
        TEXT,
        /** A whole number. */
        NUMBER,
        /** A duration such as 1h30m. */
        DURATION,
        /** Any text, several times. */
        TEXTS
    }

    /** Copies the names. */
    public Option {
        names = List.copyOf(names);
    }

    /** An option without a value; off unless given. */
    public static Option flag(String description, String... names) {
        return new Option(List.of(names), Kind.FLAG, "false", description);
    }

    /** An option with any text. */
    public static Option text(String otherwise, String description, String... names) {
        return new Option(List.of(names), Kind.TEXT, otherwise, description);
    }

    /** An option with a whole number. */
    public static Option number(String otherwise, String description, String... names) {
        return new Option(List.of(names), Kind.NUMBER, otherwise, description);
    }

    /** An option with a duration with units, as in Go. */
    public static Option duration(String otherwise, String description, String... names) {
        return new Option(List.of(names), Kind.DURATION, otherwise, description);
    }

    /** An option with any text, which can be given several times. */
    public static Option texts(String description, String... names) {
        return new Option(List.of(names), Kind.TEXTS, "", description);
    }

    /** How it is called in messages. */
    public String name() {
        return names.get(0);
    }

    /** Whether it takes no value from the next word. */
    public boolean isFlag() {
        return kind == Kind.FLAG;
    }

    /** The spellings that are shown: one dash for a letter, two for a word. */
    public List<String> dashed() {
        List<String> all = new ArrayList<>();
        for (String name : names) {
            all.add((name.length() == 1 ? "-" : "--") + name);
        }
        return all;
    }

    /** The value in its usual form; wrong ones are told even where the option has no effect. */
    String checked(String value, UsageErrors errors) {
        switch (kind) {
            case FLAG -> {
                return truth(value, errors);
            }
            case NUMBER -> {
                try {
                    Integer.parseInt(value);
                } catch (NumberFormatException e) {
                    throw errors.invalid(this, value, "not a whole number");
                }
            }
            case DURATION -> {
                try {
                    GoTime.duration(value);
                } catch (IllegalArgumentException e) {
                    throw errors.invalid(this, value, "not a duration with units, such as 1h30m or 10s");
                }
            }
            case TEXT, TEXTS -> {}
        }
        return value;
    }

    private String truth(String value, UsageErrors errors) {
        return switch (value) {
            case "1", "t", "T", "true", "True", "TRUE" -> "true";
            case "0", "f", "F", "false", "False", "FALSE" -> "false";
            default -> throw errors.invalid(this, value, "neither true nor false");
        };
    }
}
