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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.pinion.spi.config.ConfigFiles.InitOptions;
import org.pinion.spi.config.ConfigFiles.Reading;

/** A peer's folder for tests: a fresh one whose service.json is changed. */
record PeerDir(Path path) {
    static PeerDir fresh(Path path) {
        return fresh(path, "crdt");
    }

    static PeerDir fresh(Path path, String consensus) {
        try {
            new PeerFiles()
                    .init(path, new InitOptions(consensus, "pebble", "kubo", "", false, List.of(), true, Map.of()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return new PeerDir(path);
    }

    /** Sets a key of service.json: a JSON value; an empty one removes the key. */
    PeerDir set(String path, String json) {
        return change(root -> {
            Map<String, Object> at = root;
            String[] names = path.split("/");
            for (int i = 0; i < names.length - 1; i++) {
                at = map(at.computeIfAbsent(names[i], name -> new LinkedHashMap<>()));
            }
            if (json.isEmpty()) {
                at.remove(names[names.length - 1]);
            } else {
                at.put(
                        names[names.length - 1],
                        Json.parseObject("{\"v\":" + json + "}").get("v"));
            }
        });
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    PeerDir change(Consumer<Map<String, Object>> change) {
        try {
            Map<String, Object> json = Json.parseObject(Files.readString(service()));
            change.accept(json);
            Files.writeString(service(), Json.pretty(json, 2));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return this;
    }

    Path service() {
        return path.resolve("service.json");
    }

    Reading read(Map<String, String> flags, String... environment) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (int i = 0; i < environment.length; i += 2) {
            variables.put(environment[i], environment[i + 1]);
        }
        try {
            return new PeerFiles().read(path, variables, flags);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    List<String> faults(String... environment) {
        return read(Map.of(), environment).faults();
    }

    /** The sections that run; there must be no fault. */
    Map<String, ActiveSection> active(Map<String, String> flags, String... environment) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (int i = 0; i < environment.length; i += 2) {
            variables.put(environment[i], environment[i + 1]);
        }
        Loaded loaded = Loaded.of(path, variables);
        Selection selection = Selection.of(loaded, DaemonFlags.of(flags::get));
        if (!loaded.faults().isEmpty()) {
            throw new AssertionError(loaded.faults());
        }
        return selection.active();
    }

    Map<String, ActiveSection> active() {
        return active(Map.of());
    }
}
