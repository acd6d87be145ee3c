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
package org.pinion.itests.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.ComponentBundle;
import org.pinion.itests.testkit.TestCluster;

/** Somebody else's component, written against the contracts alone, joins and leaves a running peer. */
class DropInInformerTest {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final String SOURCE = """
            package weather;

            import java.time.Duration;
            import java.util.List;
            import java.util.concurrent.CompletableFuture;
            import java.util.concurrent.CompletionStage;
            import org.pinion.spi.informer.Informer;

            public final class WeatherInformer implements Informer {
                @Override
                public String name() {
                    return "weather";
                }

                @Override
                public Duration ttl() {
                    return Duration.ofSeconds(3);
                }

                @Override
                public CompletionStage<List<Reading>> measure() {
                    return CompletableFuture.completedFuture(List.of(new Reading("weather", "sunny", 7, true, true)));
                }
            }
            """;
    private static final String COMPONENT = """
            <?xml version="1.0" encoding="UTF-8"?>
            <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.3.0" name="weather">
              <implementation class="weather.WeatherInformer"/>
              <service><provide interface="org.pinion.spi.informer.Informer"/></service>
            </scr:component>
            """;

    @TempDir
    Path folder;

    @Test
    void anInformerDroppedIntoDeployIsHeardByTheOtherPeersUntilItIsTakenAway() throws Exception {
        Path bundle = bundle();
        try (TestCluster cluster = TestCluster.of(2, folder, json -> {}).start()) {
            String id = cluster.peer(0).id();
            assertThat(cluster.peer(1).get("/monitor/metrics/weather").body()).doesNotContain(id);

            Path deploy = Files.createDirectories(cluster.peer(0).folder().resolve("deploy"));
            Path hidden = Files.copy(bundle, deploy.resolve(".weather.jar"));
            Path dropped = Files.move(hidden, deploy.resolve("weather.jar"), StandardCopyOption.ATOMIC_MOVE);
            Await.until(
                    "peer 1 hears the weather of peer 0",
                    LIMIT,
                    () -> {
                        String metrics =
                                cluster.peer(1).get("/monitor/metrics/weather").body();
                        return metrics.contains(id) && metrics.contains("sunny") ? "" : metrics;
                    },
                    cluster::logs);

            Files.delete(dropped);
            Await.until(
                    "peer 1 hears no weather any more",
                    LIMIT,
                    () -> {
                        String metrics =
                                cluster.peer(1).get("/monitor/metrics/weather").body();
                        return metrics.contains(id) ? metrics : "";
                    },
                    cluster::logs);
            cluster.awaitAllPeersSeenBy(cluster.peer(1));
        }
    }

    private Path bundle() throws IOException {
        Path jar = folder.resolve("weather.jar");
        String imports = "org.pinion.spi.informer;version=\"[1,2)\"";
        new ComponentBundle("weather", "WeatherInformer", SOURCE, imports, COMPONENT)
                .write(folder.resolve("weather"), jar);
        return jar;
    }
}
