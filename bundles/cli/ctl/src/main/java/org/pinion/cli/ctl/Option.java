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

import java.util.ArrayList;
import java.util.List;
import org.pinion.client.GoTime;

/**
 * One option. One dash before a name and two are the same.
 *
 * @param names all names without dashes, the long one first
 * @param kind what its value is
 * @param otherwise the default
 * @param description for the help
 */
record Option(List<String> names, Kind kind, String otherwise, String description) {
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

    static Option flag(String description, String... names) {
        return new Option(List.of(names), Kind.FLAG, "false", description);
    }

    static Option text(String otherwise, String description, String... names) {
        return new Option(List.of(names), Kind.TEXT, otherwise, description);
    }

    static Option number(String otherwise, String description, String... names) {
        return new Option(List.of(names), Kind.NUMBER, otherwise, description);
    }

    static Option duration(String otherwise, String description, String... names) {
        return new Option(List.of(names), Kind.DURATION, otherwise, description);
    }

    static Option texts(String description, String... names) {
        return new Option(List.of(names), Kind.TEXTS, "", description);
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
        List<String> all = new ArrayList<>();
        for (String name : names) {
            all.add((name.length() == 1 ? "-" : "--") + name);
        }
        return all;
    }

    /** The value in its usual form; wrong ones are told even where the option has no effect. */
    String checked(String value) {
        switch (kind) {
            case FLAG -> {
                return truth(value);
            }
            case NUMBER -> {
                try {
                    Integer.parseInt(value);
                } catch (NumberFormatException e) {
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

    private UsageException invalid(String value, String why) {
        return new UsageException("invalid value \"" + value + "\" for flag -" + name() + ": " + why);
    }
}
