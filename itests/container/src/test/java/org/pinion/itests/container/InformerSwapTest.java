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
package org.pinion.itests.container;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An informer is stopped, updated, replaced and put back under load. */
class InformerSwapTest {
    @TempDir
    Path folder;

    @Test
    void pinsKeepArrivingWhileTheInformerGoes() {
        try (SwapPeer peer = new SwapPeer(folder)) {
            new Swapping(peer, "informer", "disk", "").run();
        }
    }
}
