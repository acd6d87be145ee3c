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
package org.pinion.api.restapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;

/** Conditions and pages of lists. */
class ListingTest {
    private static final int PINS = 100;
    private static final Pattern CIDS = Pattern.compile("\"cid\":\"([^\"]+)\"");

    @TempDir
    Path folder;

    private RunningApi api;

    @BeforeEach
    void open() {
        api = new RunningApi(folder);
        for (int i = 0; i < PINS; i++) {
            PinOptions options = PinOptions.builder()
                    .name((i % 2 == 0 ? "even-" : "odd-") + i)
                    .metadata(Map.of("third", Integer.toString(i % 3)))
                    .build();
            api.cluster.pin(Pin.of(MemoryCluster.cid("pin " + i), options));
        }
    }

    @AfterEach
    void close() {
        api.close();
    }

    private List<String> cids(String path) throws IOException {
        String answer = api.raw("GET " + path + " HTTP/1.0\r\n\r\n");
        assertThat(answer).matches("(?s)HTTP/1.1 20[04] .*");
        List<String> cids = new ArrayList<>();
        Matcher matcher = CIDS.matcher(answer);
        while (matcher.find()) {
            cids.add(matcher.group(1));
        }
        return cids;
    }

    @ParameterizedTest
    @ValueSource(strings = {"/allocations?", "/pins?", "/pins?local=true&", "/pins?filter=pinned&"})
    void pagesTogetherAreTheWholeListInOrder(String path) throws IOException {
        List<String> all = cids(path);
        assertThat(all)
                .hasSize(PINS)
                .isEqualTo(
                        all.stream().map(Cid::parse).sorted().map(Cid::toString).toList());
        List<String> paged = new ArrayList<>();
        List<String> page = cids(path + "limit=30");
        while (!page.isEmpty()) {
            assertThat(page).hasSizeLessThanOrEqualTo(30);
            paged.addAll(page);
            page = cids(path + "limit=30&after=" + page.get(page.size() - 1));
        }
        assertThat(paged).isEqualTo(all);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/allocations?", "/pins?", "/pins?filter=pinned&", "/pins?local=true&"})
    void conditionsAreAnsweredFromTheIndexes(String path) throws IOException {
        assertThat(cids(path + "name=odd-7"))
                .containsExactly(MemoryCluster.cid("pin 7").toString());
        assertThat(cids(path + "name=nothing")).isEmpty();
        assertThat(cids(path + "name-prefix=even-")).hasSize(PINS / 2);
        assertThat(cids(path + "meta-third=0")).hasSize(34);
        assertThat(cids(path + "meta-third=0&name-prefix=odd&limit=5")).hasSize(5);
        assertThat(cids(path + "type=meta-pin")).isEmpty();
        assertThat(cids(path + "type=pin,bogus")).hasSize(PINS);
        assertThat(cids(path + "created-after=2026-11-22T14:30:58.5Z")).hasSize(PINS);
        assertThat(cids(path + "created-before=2026-11-22T14:30:58.5Z")).isEmpty();
        assertThat(api.cluster.found).isEqualTo(9);
    }

    @Test
    void aStatusFilterAppliesToEachPeer() throws IOException {
        assertThat(cids("/pins?filter=pin_error&name-prefix=even-")).isEmpty();
        assertThat(cids("/pins?filter=error,pinned&name-prefix=even-")).hasSize(PINS / 2);
    }

    @Test
    void theListsOfTheReferenceNeedNoIndex() throws IOException {
        assertThat(cids("/allocations?filter=")).hasSize(PINS);
        assertThat(cids("/pins?local=false&filter=&cids=")).hasSize(PINS);
        assertThat(api.cluster.found).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit=0",
                "limit=-1",
                "limit=x",
                "limit=1000001",
                "after=bad",
                "created-after=yesterday",
                "created-before=2026",
                "type=bogus",
            })
    void refusesWhatItCannotRead(String query) throws IOException {
        for (String path : new String[] {"/allocations?", "/pins?"}) {
            assertThat(api.ask("GET", path + query)).startsWith("HTTP/1.1 400").contains("invalid");
        }
    }
}
