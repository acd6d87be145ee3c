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
package org.pinion.libp2p.host.autonat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pinion.libp2p.host.Vectors.hex;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Reachability;
import org.pinion.libp2p.host.Fuzz;

class AutoNatClientTest {
    private static final PeerId PEER = PeerId.parse("12D3KooWBccyorTywcQfKiEzjzKzZF3LKzm52At4hR2YL7L4GVeC");
    private static final Multiaddr AT = Multiaddr.parse("/ip4/192.168.1.2/tcp/4001");
    private static final String DIAL =
            "080012340a320a260024080112201ab526c90af0e8b628d3398679acbb75b392e770f2599a66f500ed0db38918c5"
                    + "120804c0a80102060fa1";
    private static final String OK = "08011a0c08001a0804c0a80102060fa1";
    private static final String ERROR = "08011a0f0864120b6469616c206661696c6564";

    @Test
    void messagesAreThoseOfTheReference() throws IOException {
        assertThat(DialRequest.encode(PEER, List.of(AT))).isEqualTo(hex(DIAL));
        assertThat(DialRequest.decode(hex(DIAL)).addresses()).containsExactly(AT);
        assertThat(DialAnswer.decode(hex(OK))).isEqualTo(DialAnswer.reached(AT));
        assertThat(DialAnswer.decode(hex(ERROR))).isEqualTo(DialAnswer.no(DialAnswer.DIAL_ERROR, "dial failed"));
        assertThat(DialAnswer.reached(AT).encode()).isEqualTo(hex(OK));
        assertThat(DialAnswer.no(DialAnswer.DIAL_ERROR, "dial failed").encode()).isEqualTo(hex(ERROR));
        assertThatThrownBy(() -> DialAnswer.decode(hex("0800"))).hasMessageContaining("no autonat answer");
    }

    @Test
    void damagedMessagesAreRefusedAndNothingElse() {
        Fuzz.damage(List.of(hex(OK), hex(ERROR)), DialAnswer::decode);
        Fuzz.damage(
                List.of(hex(DIAL)),
                message -> assertThat(DialRequest.decode(message).addresses()).hasSizeLessThanOrEqualTo(64));
    }

    @Test
    void goodNewsIsBelievedAtOnceAndBadNewsWhenItOutweighsTheGood() {
        Opinion opinion = Opinion.NONE.after(Reachability.PRIVATE);
        assertThat(opinion).isEqualTo(new Opinion(Reachability.PRIVATE, 0));
        opinion = opinion.after(Reachability.PUBLIC);
        assertThat(opinion).isEqualTo(new Opinion(Reachability.PUBLIC, 0));
        for (int i = 0; i < 5; i++) {
            opinion = opinion.after(Reachability.PUBLIC);
        }
        assertThat(opinion).isEqualTo(new Opinion(Reachability.PUBLIC, 3));
        assertThat(opinion.isFirm()).isTrue();
        for (int i = 0; i < 3; i++) {
            opinion = opinion.after(Reachability.PRIVATE);
            assertThat(opinion.reachability()).isEqualTo(Reachability.PUBLIC);
            assertThat(opinion.isFirm()).isFalse();
        }
        assertThat(opinion.after(Reachability.PRIVATE)).isEqualTo(new Opinion(Reachability.PRIVATE, 0));
        assertThat(opinion.after(Reachability.UNKNOWN)).isEqualTo(Opinion.NONE);
        assertThat(Opinion.NONE.after(Reachability.UNKNOWN)).isEqualTo(Opinion.NONE);
    }
}
