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
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Karaf's writable half inside a peer's folder: {@code DIR/pinion/karaf/{etc,data}} and {@code DIR/deploy}.
 *
 * <p>{@code etc} is a copy of what the distribution ships. {@code installed.properties} beside it remembers the
 * distribution's stamp and a digest of every file as shipped. With another stamp, files that nobody touched are
 * replaced, and files that a user changed or added stay.
 *
 * <p>The cache of bundles is kept only if {@code data/booted} says that it was made whole, from this distribution at this
 * place: a process killed in its first start leaves half of one, and another distribution has other bundles. A new peer
 * gets the cache that the training run made from the same distribution, if it is to boot what is shipped; else Karaf
 * installs the bundles itself.
 */
final class PeerFolder {
    private static final String STAMP = "lib/programs/stamp";
    private static final String INSTALLED = "installed.properties";
    private static final String STAMP_KEY = "distribution";
    private static final String BOOTED = "data/booted";
    private static final String CACHE = "data/cache";
    /** What decides which bundles are there after the first start: as shipped, and no more of it. */
    private static final List<String> DECIDING = List.of(
            "startup.properties",
            "org.apache.karaf.features.cfg",
            "org.apache.karaf.features.xml",
            "versions.properties",
            "overrides.properties",
            "blacklisted.properties");

    private final Path home;
    private final Path dir;
    private final Path base;

    private PeerFolder(Path home, Path dir) {
        this.home = home;
        this.dir = dir;
        this.base = dir.resolve("pinion").resolve("karaf");
    }

    /**
     * Makes the folders, or brings them up to the distribution.
     *
     * @throws IOException if something cannot be written; the message names the file
     */
    static PeerFolder prepare(Path home, Path dir) throws IOException {
        return prepare(home, dir, null);
    }

    /**
     * Makes the folders, or brings them up to the distribution.
     *
     * @param template the data folder of a peer that started from this distribution, or whatever else is there: it is
     *     used only if it fits
     * @throws IOException if something cannot be written; the message names the file
     */
    static PeerFolder prepare(Path home, Path dir, @Nullable Path template) throws IOException {
        PeerFolder folder = new PeerFolder(home, dir);
        for (String name : List.of("etc", "data/log", "data/tmp")) {
            Files.createDirectories(folder.base.resolve(name));
        }
        Files.createDirectories(dir.resolve("deploy"));
        folder.refresh();
        folder.checkCache(template);
        return folder;
    }

    /** To be called when all bundles are installed: from now on the cache of bundles is whole. */
    void booted() throws IOException {
        if (!cacheIsWhole()) {
            Files.writeString(base.resolve(BOOTED), cacheKey());
        }
    }

    private void checkCache(@Nullable Path template) throws IOException {
        if (cacheIsWhole()) {
            return;
        }
        Path cache = base.resolve(CACHE);
        Files.deleteIfExists(base.resolve(BOOTED));
        BundleCache.delete(cache);
        if (template == null || !isOurs(template.resolve("booted")) || !bootsWhatIsShipped()) {
            return;
        }
        try {
            BundleCache.copy(template.resolve("cache"), cache);
            booted();
        } catch (IOException e) {
            // Karaf installs the bundles itself, which takes longer
            BundleCache.delete(cache);
        }
    }

    private boolean cacheIsWhole() throws IOException {
        return isOurs(base.resolve(BOOTED));
    }

    private boolean isOurs(Path booted) throws IOException {
        return Files.isReadable(booted) && Files.readString(booted).equals(cacheKey());
    }

    private boolean bootsWhatIsShipped() throws IOException {
        for (String name : DECIDING) {
            Path shipped = home.resolve("etc").resolve(name);
            Path present = base.resolve("etc").resolve(name);
            boolean same = Files.exists(shipped)
                    ? Files.exists(present) && Files.mismatch(shipped, present) < 0
                    : !Files.exists(present);
            if (!same) {
                return false;
            }
        }
        return true;
    }

    private String cacheKey() throws IOException {
        return stamp() + "\n" + home + "\n";
    }

    private String stamp() throws IOException {
        return Files.readString(home.resolve(STAMP)).strip();
    }

    /** The properties by which Karaf finds its folders and stays headless. */
    Map<String, String> systemProperties() {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("karaf.home", home.toString());
        properties.put("karaf.base", base.toString());
        properties.put("karaf.etc", base.resolve("etc").toString());
        properties.put("karaf.data", base.resolve("data").toString());
        properties.put("karaf.log", base.resolve("data/log").toString());
        properties.put("karaf.instances", base.resolve("data/instances").toString());
        properties.put("java.io.tmpdir", base.resolve("data/tmp").toString());
        properties.put("karaf.startLocalConsole", "false");
        properties.put("karaf.startRemoteShell", "false");
        properties.put("karaf.handle.sigterm", "false");
        properties.put("karaf.history", dir.resolve("pinion/shell.history").toString());
        properties.put("pinion.dir", dir.toString());
        properties.put("pinion.home", home.toString());
        return properties;
    }

    private void refresh() throws IOException {
        String stamp = stamp();
        Path record = base.resolve(INSTALLED);
        Properties old = new Properties();
        if (Files.exists(record)) {
            try (var in = Files.newBufferedReader(record)) {
                old.load(in);
            }
        }
        if (stamp.equals(old.getProperty(STAMP_KEY))) {
            return;
        }
        Map<String, String> shipped = copyUnchanged(old);
        removeUnshipped(old, shipped);
        write(record, stamp, shipped);
    }

    private Map<String, String> copyUnchanged(Properties old) throws IOException {
        Map<String, String> shipped = new TreeMap<>();
        Path source = home.resolve("etc");
        for (Path file : files(source)) {
            String name = source.relativize(file).toString();
            shipped.put(name, digest(file));
            Path target = base.resolve("etc").resolve(name);
            if (!Files.exists(target) || digest(target).equals(old.getProperty(name))) {
                Files.createDirectories(target.resolveSibling("."));
                Path fresh = target.resolveSibling("." + target.getFileName() + ".new");
                Files.write(fresh, Files.readAllBytes(file));
                Files.move(fresh, target, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return shipped;
    }

    private void removeUnshipped(Properties old, Map<String, String> shipped) throws IOException {
        for (String name : old.stringPropertyNames()) {
            Path target = base.resolve("etc").resolve(name);
            if (!name.equals(STAMP_KEY)
                    && !shipped.containsKey(name)
                    && Files.exists(target)
                    && digest(target).equals(old.getProperty(name))) {
                Files.delete(target);
            }
        }
    }

    private static void write(Path record, String stamp, Map<String, String> shipped) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(STAMP_KEY + "=" + stamp);
        shipped.forEach((name, digest) -> lines.add(name + "=" + digest));
        Path fresh = record.resolveSibling(record.getFileName() + ".new");
        Files.write(fresh, lines);
        Files.move(fresh, record, StandardCopyOption.REPLACE_EXISTING);
    }

    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> walk = Files.walk(root)) {
            return walk.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static String digest(Path file) throws IOException {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
