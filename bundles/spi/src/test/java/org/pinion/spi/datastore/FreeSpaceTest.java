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
package org.pinion.spi.datastore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.datastore.FreeSpace.Room;

class FreeSpaceTest {
    private static final long MIB = 1 << 20;
    private static final Path FOLDER = Path.of("/peer/data");

    private final AtomicLong free = new AtomicLong(1000 * MIB);
    private final AtomicInteger looks = new AtomicInteger();
    private final FreeSpace space = new FreeSpace(FOLDER, () -> {
        looks.incrementAndGet();
        return new Room(free.get(), 10_000 * MIB);
    });

    @Test
    void theDiskIsLookedAtOncePerMebibyte() {
        for (int i = 0; i < 1000; i++) {
            space.check(10_000);
        }
        assertThat(looks.get()).isBetween(9, 12);
    }

    @Test
    void anAlmostFullDiskRefusesUntilThereIsRoom() {
        free.set(64 * MIB);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> space.check(100))
                    .isInstanceOfSatisfying(
                            ClusterException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE))
                    .hasMessageContaining("the disk of /peer/data is full: " + 64 * MIB + " bytes free");
        }
        free.set(100 * MIB);
        space.check(100);
    }

    @Test
    void aBatchThatOnlyRemovesRowsIsNeverRefused() {
        free.set(0);
        WriteBatch removes = new WriteBatch().delete(Space.META, new byte[] {1});

        space.check(removes);
        assertThatThrownBy(() -> space.check(removes.put(Space.META, new byte[] {2}, new byte[] {3})))
                .isInstanceOf(ClusterException.class);
    }

    @Test
    void aSmallDiskKeepsAnEighthBack() {
        FreeSpace small = new FreeSpace(FOLDER, () -> new Room(10 * MIB, 40 * MIB));

        small.check(MIB);
        assertThatThrownBy(() -> small.check(6 * MIB)).isInstanceOf(ClusterException.class);
    }

    @Test
    void aDiskThatCannotBeLookedAtIsReported() {
        FreeSpace gone = new FreeSpace(FOLDER, () -> {
            throw new IOException("stale handle");
        });

        assertThatThrownBy(() -> gone.check(1))
                .hasMessageContaining("/peer/data")
                .hasMessageContaining("stale");
    }
}
