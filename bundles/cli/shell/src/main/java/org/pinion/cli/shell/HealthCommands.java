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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pinion.cli.shell.Spec.Arg;
import org.pinion.client.GraphDot;
import org.pinion.client.Readiness;
import org.pinion.client.TextRenderer;
import org.pinion.client.command.Option;
import org.pinion.spi.Alert;
import org.pinion.spi.Metric;
import org.pinion.spi.RepoGc;
import org.pinion.spi.cluster.Bandwidth;
import org.pinion.spi.cluster.Health;
import org.pinion.spi.cluster.Peers;

/** Metrics, alerts, connections, garbage collection. */
final class HealthCommands {
    private HealthCommands() {}

    static List<Spec> all() {
        return List.of(
                graph("graph"),
                graph("health-graph"),
                metrics("metrics"),
                metrics("health-metrics"),
                new Spec(
                        "health-alerts",
                        List.of(),
                        "List the latest alerts",
                        """
                        An alert is made when a metric of a peer has expired, as when that peer is away. The newest come first.
                        """,
                        List.of("cluster:health-alerts", "cluster:health alerts --enc json"),
                        List.of(Call.JSON),
                        HealthCommands::alerts),
                new Spec(
                        "health-bandwidth",
                        List.of(),
                        "Show what went over the cluster's network, by protocol",
                        "Since this peer started: bytes in both directions, and the rate of late.",
                        List.of("cluster:health-bandwidth"),
                        List.of(Call.JSON),
                        HealthCommands::bandwidth),
                new Spec(
                        "health-components",
                        List.of(),
                        "Show whether the peer is ready, and what it lacks",
                        "cluster:components shows every component, also those that nothing needs.",
                        List.of("cluster:health-components"),
                        List.of(Call.JSON),
                        HealthCommands::components),
                new Spec(
                        "ipfs-gc",
                        List.of(),
                        "Collect garbage on the IPFS nodes",
                        """
                        Removes blocks that no pin needs from the IPFS nodes of all peers, or of this one, and prints what was \
                        removed.
                        """,
                        List.of("cluster:ipfs-gc --local", "cluster:ipfs gc"),
                        List.of(Option.flag("on this peer only", "local"), Call.JSON),
                        HealthCommands::collect));
    }

    private static Spec graph(String name) {
        return new Spec(
                name,
                List.of(),
                "Draw the connections between peers (DOT)",
                """
                Asks all peers for their connections, and those of their IPFS nodes, and prints a graph in the DOT language, \
                whatever the encoding. Files are those of the machine that the peer runs on.
                """,
                List.of("cluster:" + name, "cluster:" + name + " --file /tmp/cluster.dot"),
                List.of(
                        Option.text("", "write to this file", "file", "f"),
                        Option.flag("also IPFS nodes outside of the cluster", "all-ipfs-peers")),
                HealthCommands::graph);
    }

    private static Spec metrics(String name) {
        return new Spec(
                name,
                List.of(Arg.perhaps("name", Source.METRIC)),
                "List the latest metrics of a name, or all names",
                """
                The metrics that this peer holds of all peers, as long as they are valid. Usual names are ping, freespace, \
                reposize, pinqueue, numpin and tag:<name>; which there are depends on the informers.
                """,
                List.of("cluster:" + name, "cluster:" + name + " freespace"),
                List.of(Call.JSON),
                HealthCommands::metrics);
    }

    private static void graph(Call call) throws IOException {
        String dot = GraphDot.of(call.await(call.service(Peers.class).graph()), call.flag("all-ipfs-peers"));
        String file = call.option("file");
        if (file.isEmpty()) {
            call.print(dot + (call.screen().isTerminal() ? "\n" : ""));
        } else {
            Files.writeString(Path.of(file), dot);
        }
    }

    private static void metrics(Call call) {
        Health health = call.service(Health.class);
        String name = call.argument(0);
        if (name.isEmpty()) {
            List<String> names = health.metricNames();
            call.print(call.isJson() ? call.json().strings(names) : TextRenderer.lines(names));
            return;
        }
        List<Metric> metrics = health.metrics(name);
        if (call.isJson()) {
            call.print(call.json().metrics(metrics));
            return;
        }
        Instant now = call.now();
        metrics.forEach(metric -> call.print(TextRenderer.metric(metric, now)));
    }

    private static void alerts(Call call) {
        List<Alert> alerts = call.service(Health.class).alerts();
        if (call.isJson()) {
            call.print(call.json().alerts(alerts));
            return;
        }
        Instant now = call.now();
        alerts.forEach(alert -> call.print(TextRenderer.alert(alert, now)));
    }

    private static void bandwidth(Call call) {
        SortedMap<String, org.pinion.client.Bandwidth> all = new TreeMap<>();
        call.service(Bandwidth.class)
                .byProtocol()
                .forEach((protocol, usage) -> all.put(
                        protocol,
                        new org.pinion.client.Bandwidth(
                                usage.totalInBytes(), usage.totalOutBytes(), usage.rateIn(), usage.rateOut())));
        call.print(call.isJson() ? call.json().bandwidth(all) : TextRenderer.bandwidth(all));
    }

    private static void components(Call call) {
        Health health = call.service(Health.class);
        Readiness readiness = new Readiness(health.isReady(), health.missing());
        call.print(call.isJson() ? call.json().readiness(readiness) : TextRenderer.readiness(readiness));
    }

    private static void collect(Call call) {
        Health health = call.service(Health.class);
        List<RepoGc> results = call.flag("local")
                ? List.of(call.await(health.collectGarbageLocal()))
                : call.await(health.collectGarbage());
        call.print(call.isJson() ? call.json().collected(results) : TextRenderer.collected(results));
    }
}
