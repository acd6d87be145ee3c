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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import org.pinion.client.Bandwidth;
import org.pinion.client.GraphDot;
import org.pinion.client.Readiness;
import org.pinion.client.TextRenderer;
import org.pinion.client.command.Option;
import org.pinion.spi.Alert;
import org.pinion.spi.Metric;
import org.pinion.spi.RepoGc;

/** Metrics, alerts, connections, garbage collection. */
final class HealthCommands {
    private HealthCommands() {}

    static List<Command> all() {
        return List.of(
                new Command(
                        "health graph",
                        "",
                        "Draw the connections between peers (DOT)",
                        """
                        Asks all peers for their connections, and those of their IPFS nodes, and prints a graph in the DOT \
                        language, whatever the encoding: for example | dot -Tsvg > cluster.svg.
                        """,
                        List.of(
                                Option.text("", "write to this file", "file", "f"),
                                Option.flag("also IPFS nodes outside of the cluster", "all-ipfs-peers")),
                        HealthCommands::graph),
                new Command(
                        "health metrics",
                        "[name]",
                        "List the latest metrics of a name, or all names",
                        """
                        The metrics that the contacted peer holds of all peers, as long as they are valid. Usual names are ping, \
                        freespace, reposize, pinqueue, numpin and tag:<name>; which there are depends on the informers.
                        """,
                        List.of(),
                        HealthCommands::metrics),
                new Command("health alerts", "", "List the latest alerts", """
                        An alert is made when a metric of a peer has expired, as when that peer is away. The contacted peer \
                        remembers about a thousand; the newest come first.
                        """, List.of(), HealthCommands::alerts),
                new Command(
                        "health bandwidth",
                        "",
                        "Show what went over the cluster's network, by protocol",
                        List.of(),
                        HealthCommands::bandwidth),
                new Command(
                        "health components",
                        "",
                        "Show whether the peer is ready, and what it lacks",
                        """
                        For Pinion peers only. Exit code 0 also when the peer is not ready.
                        """,
                        List.of(),
                        HealthCommands::components),
                new Command(
                        "ipfs gc",
                        "",
                        "Collect garbage on the IPFS nodes",
                        """
                        Removes blocks that no pin needs from the IPFS nodes of all peers, or of the contacted one, and prints \
                        what was removed.
                        """,
                        List.of(Option.flag("on the contacted peer only", "local")),
                        HealthCommands::collect));
    }

    private static void graph(Call call) throws IOException {
        String dot = GraphDot.of(call.client().graph(), call.flag("all-ipfs-peers"));
        String file = call.option("file");
        if (file.isEmpty()) {
            call.print(dot);
        } else {
            Files.writeString(Path.of(file), dot);
        }
    }

    private static void metrics(Call call) {
        String name = call.argument(0);
        if (name.isEmpty()) {
            List<String> names = call.client().metricNames();
            call.print(call.json() ? call.jsonText().strings(names) : TextRenderer.lines(names));
            return;
        }
        List<Metric> metrics = call.client().metrics(name);
        if (call.json()) {
            call.print(call.jsonText().metrics(metrics));
            return;
        }
        Instant now = call.now();
        metrics.forEach(metric -> call.print(TextRenderer.metric(metric, now)));
    }

    private static void alerts(Call call) {
        List<Alert> alerts = call.client().alerts();
        if (call.json()) {
            call.print(call.jsonText().alerts(alerts));
            return;
        }
        Instant now = call.now();
        alerts.forEach(alert -> call.print(TextRenderer.alert(alert, now)));
    }

    private static void bandwidth(Call call) {
        SortedMap<String, Bandwidth> all = call.client().bandwidth();
        call.print(call.json() ? call.jsonText().bandwidth(all) : TextRenderer.bandwidth(all));
    }

    private static void components(Call call) {
        Readiness readiness = call.client().readiness();
        call.print(call.json() ? call.jsonText().readiness(readiness) : TextRenderer.readiness(readiness));
    }

    private static void collect(Call call) {
        List<RepoGc> results = call.client().collectGarbage(call.flag("local"));
        call.print(call.json() ? call.jsonText().collected(results) : TextRenderer.collected(results));
    }
}
