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
package org.pinion.api.kuborpc;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.IpfsId;
import org.pinion.spi.RepoStat;
import org.pinion.spi.cluster.Versions;

/** What the node says about itself. */
final class NodeCommands {
    /** The version of Kubo whose answers are given. */
    static final String KUBO_VERSION = "0.42.0";

    static final String REPO_VERSION = "18";
    private static final List<String> PROTOCOLS = List.of(
            "/ipfs/bitswap",
            "/ipfs/bitswap/1.0.0",
            "/ipfs/bitswap/1.1.0",
            "/ipfs/bitswap/1.2.0",
            "/ipfs/id/1.0.0",
            "/ipfs/id/push/1.0.0",
            "/ipfs/ping/1.0.0");

    private final Node node;
    private final Map<String, Object> section;
    private final Map<String, Command> all;

    NodeCommands(Node node, Map<String, Object> section, Map<String, Command> all) {
        this.node = node;
        this.section = section;
        this.all = all;
    }

    List<Command> commands() {
        return List.of(
                Command.of("version", this::version, "number", "commit", "repo", "all"),
                Command.of("id", this::id, "format", "peerid-base"),
                Command.of("commands", this::list, "flags"),
                Command.of("config", this::config, "bool", "json"),
                Command.of("config/show", this::show));
    }

    private void version(Call call) throws IOException {
        String system = System.getProperty("os.arch", "") + "/"
                + System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        Reply.single(
                call,
                Json.object(
                        "Version", KUBO_VERSION,
                        "Commit", Versions.AGENT,
                        "Repo", REPO_VERSION,
                        "System", system,
                        "Golang", ""));
    }

    private void id(Call call) throws IOException {
        IpfsId own = Node.await(node.connector().id(), call.deadline());
        PeerId id = own.id();
        for (String asked : call.anyArgs()) {
            if (id == null || !asked.equals(id.toString())) {
                throw new KuboException("only the node's own id is known; " + asked + " is another one");
            }
        }
        String key = id == null
                ? ""
                : id.inlineKey()
                        .map(found -> Base64.getEncoder().encodeToString(found.marshal()))
                        .orElse("");
        Reply.single(
                call,
                Json.object(
                        "ID",
                        String.valueOf(id),
                        "PublicKey",
                        key,
                        "Addresses",
                        texts(own.addresses()),
                        "AgentVersion",
                        Versions.AGENT,
                        "Protocols",
                        PROTOCOLS));
    }

    static List<String> texts(List<?> values) {
        List<String> texts = new ArrayList<>();
        values.forEach(value -> texts.add(value.toString()));
        return texts;
    }

    private void list(Call call) throws IOException {
        Branch root = new Branch();
        all.values().forEach(command -> root.put(command.name().split("/"), 0, command.options()));
        Reply.single(call, root.json("ipfs"));
    }

    /** Commands below a name. */
    private static final class Branch {
        private final Map<String, Branch> below = new TreeMap<>();
        private List<String> options = List.of();

        void put(String[] names, int at, List<String> of) {
            if (at == names.length) {
                options = of;
            } else {
                below.computeIfAbsent(names[at], name -> new Branch()).put(names, at + 1, of);
            }
        }

        Map<String, @Nullable Object> json(String name) {
            List<Object> subcommands = new ArrayList<>();
            below.forEach((key, branch) -> subcommands.add(branch.json(key)));
            List<Object> shown = new ArrayList<>();
            options.forEach(option -> shown.add(Json.object("Names", List.of(option))));
            return Json.object("Name", name, "Subcommands", subcommands, "Options", shown);
        }
    }

    private void show(Call call) throws IOException {
        Reply.single(call, settings(call));
    }

    private Map<String, @Nullable Object> settings(Call call) {
        IpfsId own = Node.await(node.connector().id(), call.deadline());
        RepoStat stat = Node.await(node.repo().stat(), call.deadline());
        Object api = section.getOrDefault("listen.multiaddress", "/ip4/127.0.0.1/tcp/5001");
        return Json.object(
                "Addresses",
                Json.object(
                        "API",
                        api instanceof Object[] many ? texts(List.of(many)) : api.toString(),
                        "Swarm",
                        texts(node.network().listenAddresses())),
                "Datastore",
                Json.object("StorageMax", stat.storageMaxBytes() + "B"),
                "Experimental",
                Json.object("FilestoreEnabled", false, "UrlstoreEnabled", false),
                "Identity",
                Json.object("PeerID", String.valueOf(own.id())),
                "Routing",
                Json.object("Type", "none"));
    }

    private void config(Call call) throws IOException {
        List<String> args = call.args("key");
        String key = args.get(0);
        if (key.equalsIgnoreCase("Identity.PrivKey") || key.equalsIgnoreCase("Identity")) {
            throw new KuboException("cannot show or change private key through API");
        }
        if (args.size() > 1) {
            throw Absent.program("changing " + key);
        }
        Object value = settings(call);
        for (String name : key.split("\\.")) {
            Map<?, ?> fields = value instanceof Map<?, ?> map ? map : new LinkedHashMap<>();
            value = fields.get(name);
            if (value == null) {
                throw new KuboException("failed to get config value: \"" + key + " not found\"");
            }
        }
        Reply.single(call, Json.object("Key", key, "Value", value));
    }
}
