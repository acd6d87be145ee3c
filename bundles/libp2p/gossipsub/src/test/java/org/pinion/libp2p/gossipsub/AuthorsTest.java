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

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.libp2p.api.Identity;

class AuthorsTest {
    private final Authors authors = new Authors();
    private final Identity writer = new SignaturesTest.KeyIdentity(PrivateKey.generate(KeyType.ED25519));

    private static Message message(Identity author, int number) {
        return Signatures.sign(author, "topic", new byte[] {1}, SignaturesTest.seqno(number));
    }

    @Test
    void everyMessageOfAKnownAuthorIsStillChecked() {
        Message good = message(writer, 1);
        assertThat(authors.of(good)).contains(writer.id());
        assertThat(authors.of(good)).contains(writer.id());
        assertThat(authors.size()).isEqualTo(1);

        Message forged =
                new Message(good.from(), new byte[] {2}, good.seqno(), good.topic(), good.signature(), good.key());
        assertThat(authors.of(forged)).isEmpty();
        byte[] otherKey = PrivateKey.generate(KeyType.ED25519).publicKey().marshal();
        assertThat(authors.of(
                        new Message(good.from(), good.data(), good.seqno(), good.topic(), good.signature(), otherKey)))
                .isEmpty();
    }

    @Test
    void whoDoesNotSignIsNotRemembered() {
        Message good = message(writer, 1);
        assertThat(authors.of(
                        new Message(good.from(), good.data(), good.seqno(), good.topic(), new byte[64], good.key())))
                .isEmpty();
        assertThat(authors.size()).isZero();
    }

    @Test
    void onlyTheLastAuthorsAreRemembered() {
        for (int i = 0; i < Authors.MAX_KNOWN + 10; i++) {
            byte[] seed = new byte[32];
            seed[0] = (byte) i;
            seed[1] = (byte) (i >>> 8);
            Identity author = new SignaturesTest.KeyIdentity(PrivateKey.ofEd25519Seed(seed));
            assertThat(authors.of(message(author, i))).contains(author.id());
        }
        assertThat(authors.size()).isEqualTo(Authors.MAX_KNOWN);
    }

    @Test
    void idsOfOneAuthorSpreadOverAMap() {
        Set<Integer> hashes = new HashSet<>();
        for (int i = 0; i < 100_000; i++) {
            hashes.add(MessageId.of(writer.id().bytes(), SignaturesTest.seqno(1_700_000_000_000_000_000L + i))
                    .hashCode());
        }
        assertThat(hashes).hasSizeGreaterThan(90_000);
    }
}
