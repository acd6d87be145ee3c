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
package org.pinion.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LiveTableTest {
    private static Map<String, String> rows() throws Exception {
        Path page = Path.of(System.getProperty("pinion.root"), "docs", "live-configuration.md");
        Map<String, String> rows = new LinkedHashMap<>();
        for (String line : Files.readAllLines(page)) {
            String[] cells = line.split("\\|");
            if (cells.length == 3 && cells[1].strip().matches("`[a-z_0-9]+\\..*`") && !cells[2].contains("PID")) {
                rows.put(cells[1].strip().replace("`", ""), cells[2].strip());
            }
        }
        return rows;
    }

    /** The row of a key: its own, or one that ends in a star. */
    private static String row(Map<String, String> rows, String key) {
        if (rows.containsKey(key)) {
            return key;
        }
        for (int dot = key.lastIndexOf('.'); dot > 0; dot = key.lastIndexOf('.', dot - 1)) {
            String group = key.substring(0, dot) + ".*";
            if (rows.containsKey(group)) {
                return group;
            }
        }
        return "";
    }

    @Test
    void everyKeyHasARowThatSaysWhenItCounts() throws Exception {
        Map<String, String> rows = rows();
        TreeSet<String> used = new TreeSet<>();
        for (Section section : Schema.sections()) {
            for (Key key : section.keys()) {
                String name = section.label() + "." + key.path();
                String row = row(rows, name);
                assertThat(row).as("row of " + name).isNotEmpty();
                assertThat(rows.get(row)).as(name).startsWith(key.applies().words());
                used.add(row);
            }
        }
        assertThat(used).as("rows without a key").isEqualTo(new TreeSet<>(rows.keySet()));
    }
}
