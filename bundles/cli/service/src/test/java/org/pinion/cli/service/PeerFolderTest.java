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

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerFolderTest {
    @TempDir
    Path temp;

    private Path home;
    private Path dir;

    @BeforeEach
    void shipVersionOne() throws IOException {
        home = temp.resolve("home");
        dir = temp.resolve("peer");
        ship("lib/programs/stamp", "one\n");
        ship("etc/config.properties", "a=1\n");
        ship("etc/logging.cfg", "level=1\n");
    }

    @Test
    void firstStartCopiesWhatIsShipped() throws IOException {
        PeerFolder.prepare(home, dir);

        assertThat(etc("config.properties")).hasContent("a=1");
        assertThat(dir.resolve("deploy")).isDirectory();
        assertThat(dir.resolve("pinion/karaf/data/log")).isDirectory();
    }

    @Test
    void sameDistributionTouchesNothing() throws IOException {
        PeerFolder.prepare(home, dir).booted();
        Files.delete(etc("logging.cfg"));
        Files.createDirectories(dir.resolve("pinion/karaf/data/cache/bundle1"));

        PeerFolder.prepare(home, dir);

        assertThat(etc("logging.cfg")).doesNotExist();
        assertThat(dir.resolve("pinion/karaf/data/cache/bundle1")).exists();
    }

    @Test
    void upgradeRefreshesWhatNobodyChanged() throws IOException {
        PeerFolder.prepare(home, dir);
        ship("lib/programs/stamp", "two\n");
        ship("etc/config.properties", "a=2\n");

        PeerFolder.prepare(home, dir);

        assertThat(etc("config.properties")).hasContent("a=2");
    }

    @Test
    void upgradeKeepsWhatTheUserChangedOrAdded() throws IOException {
        PeerFolder.prepare(home, dir);
        Files.writeString(etc("logging.cfg"), "level=9\n");
        Files.writeString(etc("mine.cfg"), "x=1\n");
        ship("lib/programs/stamp", "two\n");
        ship("etc/logging.cfg", "level=2\n");

        PeerFolder.prepare(home, dir);

        assertThat(etc("logging.cfg")).hasContent("level=9");
        assertThat(etc("mine.cfg")).hasContent("x=1");
    }

    @Test
    void cacheOfAStartThatNeverEndedIsDropped() throws IOException {
        PeerFolder.prepare(home, dir);
        Files.createDirectories(dir.resolve("pinion/karaf/data/cache/bundle1"));

        PeerFolder.prepare(home, dir);

        assertThat(dir.resolve("pinion/karaf/data/cache")).doesNotExist();
    }

    @Test
    void cacheOfADistributionThatMovedIsDropped() throws IOException {
        PeerFolder.prepare(home, dir).booted();
        Files.createDirectories(dir.resolve("pinion/karaf/data/cache/bundle1"));
        Path moved = Files.move(home, temp.resolve("moved"));

        PeerFolder.prepare(moved, dir);

        assertThat(dir.resolve("pinion/karaf/data/cache")).doesNotExist();
    }

    @Test
    void upgradeRemovesWhatIsNoLongerShippedAndTheOldBundles() throws IOException {
        PeerFolder.prepare(home, dir).booted();
        Files.createDirectories(dir.resolve("pinion/karaf/data/cache/bundle1"));
        Files.delete(home.resolve("etc/logging.cfg"));
        ship("lib/programs/stamp", "two\n");

        PeerFolder.prepare(home, dir);

        assertThat(etc("logging.cfg")).doesNotExist();
        assertThat(dir.resolve("pinion/karaf/data/cache")).doesNotExist();
    }

    @Test
    void aNewPeerSharesTheJarsOfTheTrainingRunAndCopiesTheRest() throws IOException {
        Path template = train();

        PeerFolder.prepare(home, dir, template);

        Path bundle = dir.resolve("pinion/karaf/data/cache/bundle1");
        assertThat(bundle.resolve("bundle.jar")).hasContent("jar");
        assertThat(bundle.resolve("bundle.info")).hasContent("info");
        assertThat(Files.isSameFile(bundle.resolve("bundle.info"), template.resolve("cache/bundle1/bundle.info")))
                .isFalse();
        assertThat(dir.resolve("pinion/karaf/data/cache/cache.lock")).doesNotExist();
        Files.writeString(bundle.resolve("bundle.info"), "changed");

        PeerFolder.prepare(home, dir, template);

        assertThat(bundle.resolve("bundle.info")).as("a whole cache is kept").hasContent("changed");
        assertThat(template.resolve("cache/bundle1/bundle.info")).hasContent("info");
    }

    @Test
    void bundlesOfAnotherDistributionAreNotTaken() throws IOException {
        Path template = train();
        ship("lib/programs/stamp", "two\n");

        PeerFolder.prepare(home, dir, template);

        assertThat(dir.resolve("pinion/karaf/data/cache")).doesNotExist();
    }

    @Test
    void aPeerWithBootFeaturesOfItsOwnInstallsItsBundlesItself() throws IOException {
        Path template = train();
        Files.createDirectories(etc("."));
        Files.writeString(etc("org.apache.karaf.features.cfg"), "featuresBoot = mine\n");

        PeerFolder.prepare(home, dir, template);

        assertThat(dir.resolve("pinion/karaf/data/cache")).doesNotExist();
    }

    @Test
    void halfATemplateLeavesNoHalfCache() throws IOException {
        Path template = train();
        Files.move(template.resolve("cache"), template.resolve("elsewhere"));

        PeerFolder.prepare(home, dir, template);

        assertThat(dir.resolve("pinion/karaf/data/cache")).doesNotExist();
        assertThat(dir.resolve("pinion/karaf/data/booted")).doesNotExist();
    }

    /** The data folder of a peer that has started once. */
    private Path train() throws IOException {
        PeerFolder training = PeerFolder.prepare(home, temp.resolve("training"));
        Path data = temp.resolve("training/pinion/karaf/data");
        Path bundle = Files.createDirectories(data.resolve("cache/bundle1"));
        Files.writeString(bundle.resolve("bundle.jar"), "jar");
        Files.writeString(bundle.resolve("bundle.info"), "info");
        Files.writeString(data.resolve("cache/cache.lock"), "");
        training.booted();
        return data;
    }

    private Path etc(String name) {
        return dir.resolve("pinion/karaf/etc").resolve(name);
    }

    private void ship(String name, String text) throws IOException {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
