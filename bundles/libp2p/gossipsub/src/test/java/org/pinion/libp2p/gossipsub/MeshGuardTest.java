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
package org.pinion.libp2p.gossipsub;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;

class MeshGuardTest {
    private final List<PeerId> held = new ArrayList<>();
    private final MeshGuard guard = new MeshGuard(peer -> {
        held.add(peer);
        return () -> held.remove(peer);
    });

    private static PeerId peer() {
        return PeerId.of(PrivateKey.generate(KeyType.ED25519));
    }

    @Test
    void membersAreProtectedOnceAndUntilTheyLeave() {
        PeerId one = peer();
        PeerId two = peer();

        guard.update(Set.of(one, two));
        guard.update(Set.of(one, two));
        assertThat(held).containsExactlyInAnyOrder(one, two);

        guard.update(Set.of(two));
        assertThat(held).containsExactly(two);

        guard.update(Set.of());
        assertThat(held).isEmpty();
    }
}
