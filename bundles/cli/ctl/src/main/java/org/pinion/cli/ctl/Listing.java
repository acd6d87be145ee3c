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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pinion.client.TextTable;
import org.pinion.client.command.Option;
import org.pinion.spi.flow.Cursor;

/**
 * How the items of a list are shown: as text, JSON, or rows of a table, in the order they come or sorted. Without sorting
 * every item is printed as it comes.
 *
 * @param text prints one as text
 * @param json prints one as JSON
 * @param oldJson prints one in the form of the 0.11 era
 * @param header names of the columns of a table
 * @param cells rows for one item, each with a cell per column
 * @param keys what can be sorted by
 */
record Listing<T>(
        Function<T, String> text,
        Function<T, String> json,
        Function<T, String> oldJson,
        List<String> header,
        Function<T, List<List<String>>> cells,
        Map<String, Function<T, String>> keys) {
    /** What sorting keeps in memory at most: rows of tables and arrays. */
    static final int MAX_SORTED_ROWS = 50_000;
    /** The same of texts. */
    private static final long MAX_SORTED_CHARS = 50_000_000;

    private static final Comparator<String> NATURAL = Listing::compare;

    static List<Option> options(String keys) {
        return List.of(Option.text("", "sort by: " + keys, "sort"), Option.flag("the other way round", "reverse"));
    }

    private record Keyed(String key, String text) {}

    /** Prints everything and closes the cursor. */
    void show(Call call, Cursor<T> rows) {
        try (rows) {
            switch (call.encoding()) {
                case TABLE -> table(call, sorted(call, rows));
                case OLD_JSON -> array(call, sorted(call, rows));
                default -> {
                    Function<T, String> form = call.json() ? json : text;
                    print(call, form, rows);
                }
            }
        }
    }

    private void print(Call call, Function<T, String> form, Cursor<T> rows) {
        Function<T, String> key = key(call);
        List<Keyed> kept = new ArrayList<>();
        long chars = 0;
        try {
            for (T row = rows.next(); row != null; row = rows.next()) {
                if (key == null) {
                    call.print(form.apply(row));
                } else {
                    // the text is smaller than what it was made of
                    Keyed shown = new Keyed(key.apply(row), form.apply(row));
                    kept.add(shown);
                    chars += shown.text.length();
                    if (chars > MAX_SORTED_CHARS) {
                        int count = kept.size();
                        kept.clear();
                        throw tooMany(count);
                    }
                }
            }
        } finally {
            kept.sort(order(call, Keyed::key));
            kept.forEach(row -> call.print(row.text));
        }
    }

    private Cursor<T> sorted(Call call, Cursor<T> rows) {
        Function<T, String> key = key(call);
        if (key == null) {
            return rows;
        }
        List<T> all = new ArrayList<>();
        for (T row = rows.next(); row != null; row = rows.next()) {
            all.add(row);
            if (all.size() > MAX_SORTED_ROWS) {
                throw tooMany(MAX_SORTED_ROWS);
            }
        }
        all.sort(order(call, key));
        return Cursor.of(all);
    }

    private static CtlException tooMany(int rows) {
        return CtlException.doing(
                "sorting",
                "the list has more than " + rows + " rows, too many to sort: use a filter, or leave --sort out");
    }

    private void table(Call call, Cursor<T> rows) {
        TextTable table = new TextTable(header, call.terminal().columns());
        try {
            for (T row = rows.next(); row != null; row = rows.next()) {
                for (List<String> line : cells.apply(row)) {
                    call.print(table.add(line));
                }
            }
        } finally {
            call.print(table.finish());
        }
    }

    private void array(Call call, Cursor<T> rows) {
        String between = "[\n";
        for (T row = rows.next(); row != null; row = rows.next()) {
            call.print(between + oldJson.apply(row).stripTrailing());
            between = ",\n";
        }
        call.print(between.equals("[\n") ? "[]\n" : "\n]\n");
    }

    private @Nullable Function<T, String> key(Call call) {
        String name = call.option("sort");
        Function<T, String> key = keys.get(name);
        if (key == null && !name.isEmpty()) {
            throw new UsageException(
                    "invalid value \"" + name + "\" for flag -sort: one of " + new TreeSet<>(keys.keySet()));
        }
        return key;
    }

    private static <E> Comparator<E> order(Call call, Function<E, String> key) {
        Comparator<E> order = Comparator.comparing(key, NATURAL);
        return call.flag("reverse") ? order.reversed() : order;
    }

    /** Whole numbers by their value, everything else as text. */
    private static int compare(String left, String right) {
        boolean numbers = left.matches("-?[0-9]{1,18}") && right.matches("-?[0-9]{1,18}");
        return numbers ? Long.compare(Long.parseLong(left), Long.parseLong(right)) : left.compareTo(right);
    }
}
