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

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.pinion.cli.shell.Spec.Arg;
import org.pinion.client.TableRows;
import org.pinion.client.TextRenderer;
import org.pinion.spi.cluster.Components;
import org.pinion.spi.config.LiveConfig;

/** What the peer is made of, and how it is set. */
final class ConfigCommands {
    private static final List<String> COLUMNS = List.of("type", "implementation", "state", "since", "bundle", "reason");

    private ConfigCommands() {}

    static List<Spec> all() {
        return List.of(
                new Spec(
                        "components",
                        List.of(Arg.perhaps("type", Source.TYPE)),
                        "Show which implementation of each component type is there",
                        """
                        Every implementation that is installed or asked for, ours and others', since when it is in its state, \
                        and why one is not active.
                        """,
                        List.of("cluster:components", "cluster:components pintracker"),
                        List.of(),
                        ConfigCommands::components),
                new Spec(
                        "swap",
                        List.of(Arg.one("type", Source.TYPE), Arg.one("implementation", Source.IMPLEMENTATION)),
                        "Put another implementation in the place of a component",
                        """
                        For types of which one is wanted: pintracker, monitor, allocator, ipfsconnector. The present one's \
                        configuration goes, the other one's comes, from its section in service.json or with its defaults. \
                        Requests that come meanwhile wait. service.json stays as it is until cluster:config-save.
                        """,
                        List.of("cluster:swap pintracker map", "cluster:swap ipfsconnector ipfshttp"),
                        List.of(),
                        call -> call.print(
                                call.service(LiveConfig.class).swap(call.argument(0), call.argument(1)) + "\n")),
                new Spec(
                        "config-show",
                        List.of(Arg.perhaps("section", Source.CONFIG_SECTION)),
                        "Show the configuration as it is now",
                        """
                        As service.json would hold it, with what was changed since; one section or everything. Secrets are \
                        shown as "***".
                        """,
                        List.of("cluster:config-show", "cluster:config-show informer.disk"),
                        List.of(),
                        call -> call.print(call.service(LiveConfig.class)
                                        .show(call.argument(0))
                                        .stripTrailing() + "\n")),
                new Spec(
                        "config-set",
                        List.of(Arg.one("key", Source.CONFIG_KEY), Arg.any("value", Source.NONE)),
                        "Change one key of the configuration in the running peer",
                        """
                        The value is checked as in service.json; a wrong one is refused with its range, and the old one stays. \
                        Tells whether the change is in effect, started a component again, or needs a restart of the peer. \
                        service.json stays as it is until cluster:config-save.
                        """,
                        List.of(
                                "cluster:config-set informer.disk.metric_ttl 15s",
                                "cluster:config-set cluster.replication_factor_min 2",
                                "cluster:config-set api.restapi.cors_allowed_origins '[\"https://example.org\"]'"),
                        List.of(),
                        ConfigCommands::set),
                new Spec(
                        "config-save",
                        List.of(),
                        "Write the configuration as it is now to service.json",
                        "Keys that nobody knows are kept, and the old file stays beside it as a copy.",
                        List.of("cluster:config-save"),
                        List.of(),
                        call -> call.print(call.service(LiveConfig.class).save() + "\n")),
                new Spec(
                        "config-reload",
                        List.of(),
                        "Read service.json again and apply what differs",
                        """
                        As SIGUSR1 does. The file is checked whole: with any fault nothing changes. Prints what was changed, \
                        one line each.
                        """,
                        List.of("cluster:config-reload"),
                        List.of(),
                        call -> call.print(TextRenderer.lines(
                                call.service(LiveConfig.class).reload()))));
    }

    private static void set(Call call) {
        if (call.arguments().size() < 2) {
            throw ShellFailure.usage("cluster:config-set needs a key and a value; see cluster:config-set --help");
        }
        String value =
                String.join(" ", call.arguments().subList(1, call.arguments().size()));
        call.print(call.service(LiveConfig.class).set(call.argument(0), value) + "\n");
    }

    private static void components(Call call) {
        List<List<String>> rows = new ArrayList<>();
        for (Components.Row row : call.service(Components.class).list()) {
            if (call.argument(0).isEmpty() || call.argument(0).equals(row.type())) {
                String bundle = row.bundleId() < 0 ? row.bundle() : "[" + row.bundleId() + "] " + row.bundle();
                rows.add(List.of(
                        row.type(),
                        row.implementation(),
                        row.state().name().toLowerCase(Locale.ROOT),
                        row.since().equals(Instant.EPOCH) ? "-" : TableRows.time(row.since()),
                        bundle.isEmpty() ? "-" : bundle,
                        row.reason()));
            }
        }
        if (rows.isEmpty()) {
            throw ShellFailure.failed("no component of type \"" + call.argument(0) + "\"");
        }
        call.table(COLUMNS, rows);
    }
}
