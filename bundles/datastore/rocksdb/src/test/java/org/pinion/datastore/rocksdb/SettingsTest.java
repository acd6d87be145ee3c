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
package org.pinion.datastore.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {
    @Test
    void nothingGivenMeansTheDefaults() {
        assertThat(Settings.of(Map.of())).isEqualTo(Settings.DEFAULT);
        assertThat(Settings.DEFAULT).isEqualTo(new Settings(32 << 20, 48 << 20, 256));
    }

    @Test
    void keysOfTheReferencesEnginesArePassedOver() {
        assertThat(Settings.of(Map.of("pebble_options.cache_size_bytes", 1L << 30, "folder", "x")))
                .isEqualTo(Settings.DEFAULT);
    }

    @Test
    void ourKeysAreReadWithDotsToo() {
        Settings expected = new Settings(8 << 20, 16 << 20, 100);

        assertThat(Settings.of(
                        Map.of("cache_bytes", 8 << 20, "write_buffer_bytes", "16777216", "max_open_files", 100L)))
                .isEqualTo(expected);
        assertThat(Settings.of(
                        Map.of("cache.bytes", 8 << 20, "write.buffer.bytes", "16777216", "max.open.files", 100L)))
                .isEqualTo(expected);
    }

    @Test
    void aValueOutOfRangeIsNamedWithItsLimits() {
        assertThatThrownBy(() -> Settings.of(Map.of("max_open_files", 2)))
                .hasMessage("datastore.rocksdb.max_open_files: 2 must be from 16 to 1000000");
        assertThatThrownBy(() -> Settings.of(Map.of("cache_bytes", "much")))
                .hasMessage("datastore.rocksdb.cache_bytes: much is no number");
    }
}
