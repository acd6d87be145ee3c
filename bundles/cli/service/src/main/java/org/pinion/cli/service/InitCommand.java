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
package org.pinion.cli.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.config.ConfigFiles.InitOptions;
import org.pinion.spi.config.ConfigFiles.InitResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Makes service.json, identity.json and peerstore. */
@Command(
        name = "init",
        header = "Creates a configuration and an identity",
        description = {
            "Writes service.json with the defaults and CLUSTER_* variables of the environment, identity.json with a",
            "new key unless there is one, and an empty peerstore. With a web address, service.json only says that",
            "the configuration is fetched from there at every start.",
            "",
            "The secret is made up, unless CLUSTER_SECRET is set or --custom-secret asks for it."
        })
final class InitCommand implements Callable<Integer> {
    private static final String SECRET = "CLUSTER_SECRET";

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private ServiceCommand program;

    @Option(names = "--consensus", defaultValue = "crdt", description = "consensus component: crdt or raft")
    private String consensus = "crdt";

    @Option(
            names = "--datastore",
            defaultValue = "pebble",
            description = "datastore: badger, badger3, leveldb, pebble (all mean rocksdb), rocksdb, mvstore")
    private String datastore = "pebble";

    @Option(
            names = "--ipfs",
            defaultValue = "kubo",
            description = "kubo: an IPFS node over its API; embedded: an IPFS node in the peer itself")
    private String ipfs = "kubo";

    @Option(
            names = {"--custom-secret", "-s"},
            description = "prompt for the secret")
    private boolean customSecret;

    @Option(names = "--peers", description = "addresses of other peers, separated by commas: for peerstore and trust")
    private @Nullable String peers;

    @Option(
            names = {"--force", "-f"},
            description = "overwrite existing files without a question; copies are kept")
    private boolean force;

    @Option(names = "--randomports", description = "choose free ports for all listeners")
    private boolean randomPorts;

    @Parameters(paramLabel = "[http-source-url]", arity = "0..*")
    private List<String> arguments = List.of();

    @Override
    public Integer call() throws IOException {
        Path folder = program.folder();
        List<Multiaddr> addresses = addresses();
        Path service = folder.resolve("service.json");
        boolean exists = Files.exists(service);
        if (!exists && !Files.exists(folder.resolve("identity.json"))) {
            return make(folder, addresses, force);
        }
        FolderLock lock = FolderLock.take(folder);
        try {
            Prompt prompt = new Prompt(program.surroundings.in(), program.surroundings.out());
            if (exists && !force && !prompt.yes("The configuration file will be overwritten. Continue?")) {
                return 0;
            }
            return make(folder, addresses, true);
        } finally {
            lock.close();
        }
    }

    private List<Multiaddr> addresses() {
        List<Multiaddr> addresses = new ArrayList<>();
        if (peers == null || peers.isEmpty()) {
            return addresses;
        }
        for (String item : peers.split(",", -1)) {
            String address = item.strip();
            try {
                addresses.add(GoText.multiaddr(address));
            } catch (IllegalArgumentException e) {
                throw new CommandFailed("parsing peer multiaddress: " + address + ": " + e.getMessage(), e);
            }
        }
        return addresses;
    }

    private int make(Path folder, List<Multiaddr> addresses, boolean overwrite) throws IOException {
        Map<String, String> environment = new HashMap<>(program.surroundings.environment());
        String secret = "";
        if (customSecret && arguments.isEmpty()) {
            secret = new Prompt(program.surroundings.in(), program.surroundings.out())
                    .ask("Enter cluster secret (32-byte hex string): ");
            if (secret.isEmpty()) {
                environment.put(SECRET, ""); // an empty answer is an open network, whatever the environment says
            }
        }
        InitOptions options =
                new InitOptions(consensus, datastore, ipfs, secret, randomPorts, addresses, overwrite, environment);
        InitResult result = arguments.isEmpty()
                ? Providers.configFiles().init(folder, options)
                : Providers.configFiles().initFromSource(folder, arguments.get(0), options);
        result.lines().forEach(program.surroundings.err()::println);
        return 0;
    }
}
