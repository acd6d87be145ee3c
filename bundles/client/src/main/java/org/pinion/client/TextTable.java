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

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A table that is printed while it is made: the first rows are kept back to find widths, later ones use the same. On a
 * terminal the widest columns give way until a row fits, what is cut is marked; elsewhere nothing is cut.
 */
public final class TextTable {
    private static final int SAMPLE = 200;
    private static final int GAP = 2;
    private static final int NARROWEST = 8;

    private final List<String> header;
    private final int limit;
    private final List<List<String>> kept = new ArrayList<>();
    private int[] widths = new int[0];

    /**
     * A table.
     *
     * @param limit columns of the terminal; 0 = no limit
     */
    public TextTable(List<String> header, int limit) {
        this.header = header.stream().map(name -> name.toUpperCase(Locale.ROOT)).toList();
        this.limit = limit;
    }

    /** Adds a row, and gives what can be printed by now. */
    public String add(List<String> row) {
        if (widths.length > 0) {
            return line(row);
        }
        kept.add(row);
        return kept.size() < SAMPLE ? "" : finish();
    }

    /** Gives what was kept back. */
    public String finish() {
        if (widths.length > 0 || kept.isEmpty()) {
            return "";
        }
        widths = widths();
        StringBuilder out = new StringBuilder(line(header));
        kept.forEach(row -> out.append(line(row)));
        kept.clear();
        return out.toString();
    }

    private int[] widths() {
        int[] widest = header.stream().mapToInt(TextTable::length).toArray();
        for (List<String> row : kept) {
            for (int i = 0; i < widest.length; i++) {
                widest[i] = Math.max(widest[i], length(row.get(i)));
            }
        }
        int left = limit - GAP * (widest.length - 1);
        while (limit > 0 && Arrays.stream(widest).sum() > left) {
            int most = 0;
            for (int i = 1; i < widest.length; i++) {
                most = widest[i] > widest[most] ? i : most;
            }
            if (widest[most] <= NARROWEST) {
                break;
            }
            widest[most]--;
        }
        return widest;
    }

    private String line(List<String> row) {
        List<String> cells = new ArrayList<>();
        for (int i = 0; i < widths.length; i++) {
            String cell = row.get(i);
            cells.add(limit == 0 ? cell : cut(cell, widths[i]));
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            out.append(cells.get(i)).append(" ".repeat(Math.max(0, widths[i] - length(cells.get(i))) + GAP));
        }
        return out.toString().stripTrailing() + "\n";
    }

    /** Ids differ at their ends, so those lose their middle; other text loses its end. */
    static String cut(String text, int width) {
        int[] points = text.codePoints().toArray();
        if (points.length <= width) {
            return text;
        }
        int tail = text.indexOf(' ') < 0 && points.length > 40 ? (width - 1) / 2 : 0;
        return new String(points, 0, width - 1 - tail) + "…" + new String(points, points.length - tail, tail);
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
