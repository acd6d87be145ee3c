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
package org.pinion.itests.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Rows of figures, printed as they come and again at the end. */
final class Table {
    private final List<String> rows = new ArrayList<>();

    void row(String what, String unit, double value) {
        String number = String.format(Locale.ROOT, value >= 100 ? "%,.0f" : "%.3f", value);
        String row = String.format(Locale.ROOT, "| %-50s | %12s | %-7s |", what, number, unit);
        rows.add(row);
        System.err.println(row);
    }

    void print(PrintStream out) {
        out.printf(Locale.ROOT, "| %-50s | %12s | %-7s |%n", "work", "figure", "unit");
        out.println("|" + "-".repeat(52) + "|" + "-".repeat(14) + "|" + "-".repeat(9) + "|");
        rows.forEach(out::println);
    }
}
