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
package org.pinion.informer.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.pinion.spi.RepoGc;
import org.pinion.spi.RepoStat;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.informer.Informer.Reading;
import org.pinion.spi.ipfsconnector.IpfsRepo;

class DiskInformerTest {
    @Test
    void withoutSettingsItHasTheReferencesDefaults() {
        assertThat(DiskSettings.of(Map.of())).isEqualTo(DiskSettings.DEFAULT);
    }

    @Test
    void freeSpaceIsTheLimitLessTheSizeAndWeighsAsMuch() {
        assertThat(measure(Map.of(), new RepoStat(2_000, 100_000)))
                .containsExactly(new Reading("freespace", "98000", 98_000, false, true));
    }

    @Test
    void aFullRepositoryHasNoValidFreeSpace() {
        assertThat(measure(Map.of(), new RepoStat(100_000, 100_000)))
                .containsExactly(new Reading("freespace", "0", 0, false, false));
    }

    @Test
    void repositorySizeWeighsLessTheLargerItIs() {
        assertThat(measure(Map.of("metric.type", "reposize"), new RepoStat(2_000, 100_000)))
                .containsExactly(new Reading("reposize", "2000", -2_000, false, true));
    }

    @Test
    void anIpfsNodeThatFailsOrIsAwayGivesAReadingThatIsNotValid() {
        DiskInformer informer = new DiskInformer(Map.of());
        assertThat(informer.measure().toCompletableFuture().join()).allMatch(reading -> !reading.valid());
        informer.repo = repo(CompletableFuture.failedFuture(new IllegalStateException("node is away")));
        assertThat(informer.measure().toCompletableFuture().join()).allMatch(reading -> !reading.valid());
    }

    @Test
    void changedSettingsAreTakenWithoutARestart() {
        DiskInformer informer = new DiskInformer(Map.of());
        informer.modified(Map.of("metric.ttl", "5s"));
        assertThat(informer.ttl()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void badSettingsAreNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DiskSettings.of(Map.of("metric.type", "speed")))
                .withMessageContaining("disk.metric_type is invalid: \"speed\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DiskSettings.of(Map.of("metric.ttl", "0s")))
                .withMessageContaining("disk.metric_ttl");
    }

    private static List<Reading> measure(Map<String, Object> properties, RepoStat stat) {
        DiskInformer informer = new DiskInformer(properties);
        informer.repo = repo(CompletableFuture.completedFuture(stat));
        return informer.measure().toCompletableFuture().join();
    }

    private static IpfsRepo repo(CompletableFuture<RepoStat> answer) {
        return new IpfsRepo() {
            @Override
            public CompletableFuture<RepoStat> stat() {
                return answer;
            }

            @Override
            public Cursor<RepoGc.Removed> collectGarbage() {
                return Cursor.empty();
            }
        };
    }
}
