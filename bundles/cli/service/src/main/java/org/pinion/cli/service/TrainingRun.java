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
import java.util.Map;
import org.pinion.cli.service.ServiceCommand.Surroundings;

/**
 * The run behind the daemon's class archive: the start script calls it in the background at the first use, with the
 * virtual machine told to write down the classes it loaded when it ends.
 */
public final class TrainingRun {
    /** System property that makes a daemon stop as soon as all its bundles have started. */
    static final String PROPERTY = "pinion.training";

    private TrainingRun() {}

    /**
     * Makes a peer of its own with free ports, starts it and stops it again.
     *
     * @param arguments one: a folder to use, made if it does not exist
     */
    public static void main(String[] arguments) throws IOException {
        System.setProperty(PROPERTY, "true");
        Path dir = Files.createDirectories(Path.of(arguments[0]));
        Surroundings surroundings = new Surroundings(System.in, System.out, System.err, Map.of());
        Main.run(surroundings, "--config", dir.toString(), "init", "--ipfs", "embedded", "--randomports");
        System.exit(Main.run(surroundings, "--config", dir.toString(), "daemon"));
    }
}
