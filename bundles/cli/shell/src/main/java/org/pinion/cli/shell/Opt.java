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

import java.util.List;
import org.pinion.client.GoTime;

/**
 * One option of a command. One dash before a name and two are the same.
 *
 * @param names all names without dashes, the long one first
 * @param kind what its value is
 * @param otherwise the default
 * @param description for the help
 * @param source what its value can be, for completion
 */
record Opt(List<String> names, Kind kind, String otherwise, String description, Source source) {
    /** What an option takes. */
    enum Kind {
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

    static Opt flag(String description, String... names) {
        return new Opt(List.of(names), Kind.FLAG, "false", description, Source.NONE);
    }

    static Opt text(String otherwise, String description, String... names) {
        return new Opt(List.of(names), Kind.TEXT, otherwise, description, Source.NONE);
    }

    static Opt number(String otherwise, String description, String... names) {
        return new Opt(List.of(names), Kind.NUMBER, otherwise, description, Source.NONE);
    }

    static Opt duration(String otherwise, String description, String... names) {
        return new Opt(List.of(names), Kind.DURATION, otherwise, description, Source.NONE);
    }

    static Opt texts(String description, String... names) {
        return new Opt(List.of(names), Kind.TEXTS, "", description, Source.NONE);
    }

    /** The same, completed from there. */
    Opt from(Source where) {
        return new Opt(names, kind, otherwise, description, where);
    }

    /** How it is called in messages. */
    String name() {
        return names.get(0);
    }

    boolean isFlag() {
        return kind == Kind.FLAG;
    }

    /** The spellings that are shown: one dash for a letter, two for a word. */
    List<String> dashed() {
        return names.stream()
                .map(name -> (name.length() == 1 ? "-" : "--") + name)
                .toList();
    }

    /** The value in its usual form. */
    String checked(String value) {
        switch (kind) {
            case FLAG -> {
                return truth(value);
            }
            case NUMBER -> {
                if (!value.matches("[+-]?[0-9]{1,9}")) {
                    throw invalid(value, "not a whole number");
                }
            }
            case DURATION -> {
                try {
                    GoTime.duration(value);
                } catch (IllegalArgumentException e) {
                    throw invalid(value, "not a duration with units, such as 1h30m or 10s");
                }
            }
            case TEXT, TEXTS -> {}
        }
        return value;
    }

    private String truth(String value) {
        return switch (value) {
            case "1", "t", "T", "true", "True", "TRUE" -> "true";
            case "0", "f", "F", "false", "False", "FALSE" -> "false";
            default -> throw invalid(value, "neither true nor false");
        };
    }

    private ShellFailure invalid(String value, String why) {
        return ShellFailure.usage("invalid value \"" + value + "\" for option --" + name() + ": " + why);
    }
}
