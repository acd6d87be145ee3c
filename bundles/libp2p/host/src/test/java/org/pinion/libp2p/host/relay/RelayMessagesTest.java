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
package org.pinion.libp2p.host.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pinion.libp2p.host.Vectors.hex;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.host.Fuzz;

/** The bytes here were made by the reference's library. */
class RelayMessagesTest {
    private static final PeerId PEER = PeerId.parse("12D3KooWBccyorTywcQfKiEzjzKzZF3LKzm52At4hR2YL7L4GVeC");
    private static final List<Multiaddr> AT = List.of(Multiaddr.parse("/ip4/192.168.1.2/tcp/4001"));
    private static final RelayLimit LIMIT = new RelayLimit(120, 131072);

    private static final String RESERVE = "0800";
    private static final String CONNECT =
            "080112280a260024080112201ab526c90af0e8b628d3398679acbb75b392e770f2599a66f500ed0db38918c5";
    private static final String GRANTED = "08021a100880e6fe8907120804c0a80102060fa122060878108080082864";
    private static final String WITH_VOUCHER = "08021a150880e6fe8907120804c0a80102060fa11a030102032864";
    private static final String NO_RESERVATION = "080228cc01";
    private static final String STOP_CONNECT =
            "080012320a260024080112201ab526c90af0e8b628d3398679acbb75b392e770f2599a66f500ed0db38918c5"
                    + "120804c0a80102060fa11a06087810808008";
    private static final String STOP_OK = "08012064";

    @Test
    void messagesToARelayAreThoseOfTheReference() throws IOException {
        Reservation granted = new Reservation(1_900_000_000, AT);
        assertThat(HopMessage.reserve().encode()).isEqualTo(hex(RESERVE));
        assertThat(HopMessage.connect(new RelayPeer(PEER, List.of())).encode()).isEqualTo(hex(CONNECT));
        assertThat(new HopMessage(HopMessage.STATUS, null, granted, LIMIT, Status.OK).encode())
                .isEqualTo(hex(GRANTED));
        assertThat(HopMessage.decode(hex(GRANTED)))
                .isEqualTo(new HopMessage(HopMessage.STATUS, null, granted, LIMIT, Status.OK));
        assertThat(HopMessage.decode(hex(WITH_VOUCHER)))
                .isEqualTo(new HopMessage(HopMessage.STATUS, null, granted, null, Status.OK));
        assertThat(HopMessage.decode(hex(CONNECT)))
                .isEqualTo(new HopMessage(HopMessage.CONNECT, new RelayPeer(PEER, List.of()), null, null, 0));
        HopMessage refused = HopMessage.decode(hex(NO_RESERVATION));
        assertThat(Status.text(refused.status())).isEqualTo("the peer has no reservation there");
        assertThat(refused.encode()).isEqualTo(hex(NO_RESERVATION));
    }

    @Test
    void messagesOfARelayAreThoseOfTheReference() throws IOException {
        StopMessage connect = new StopMessage(StopMessage.CONNECT, new RelayPeer(PEER, AT), LIMIT, 0);
        assertThat(connect.encode()).isEqualTo(hex(STOP_CONNECT));
        assertThat(StopMessage.decode(hex(STOP_CONNECT))).isEqualTo(connect);
        assertThat(StopMessage.status(Status.OK).encode()).isEqualTo(hex(STOP_OK));
        assertThat(StopMessage.decode(hex(STOP_OK))).isEqualTo(StopMessage.status(Status.OK));
    }

    @Test
    void damagedMessagesAreRefusedAndNothingElse() {
        List<byte[]> hop = List.of(hex(CONNECT), hex(GRANTED), hex(WITH_VOUCHER), hex(NO_RESERVATION));
        Fuzz.damage(hop, message -> HopMessage.decode(HopMessage.decode(message).encode()));
        Fuzz.damage(List.of(hex(STOP_CONNECT), hex(STOP_OK)), message -> {
            StopMessage read = StopMessage.decode(message);
            assertThat(read.peer() == null ? 0 : read.peer().addresses().size()).isLessThanOrEqualTo(16);
            StopMessage.decode(read.encode());
        });
        assertThatThrownBy(() -> HopMessage.decode(new byte[0])).hasMessageContaining("without a type");
        assertThatThrownBy(() -> StopMessage.decode(hex("12020a00"))).isInstanceOf(IOException.class);
    }

    @Test
    void placesAreRenewedBeforeTheyEndAndLostOnesAskedForWithPauses() {
        assertThat(Reservations.renewalSeconds(3600)).isEqualTo(3480);
        assertThat(Reservations.renewalSeconds(100)).isEqualTo(50);
        assertThat(Reservations.renewalSeconds(-7)).isEqualTo(5);
        assertThat(Reservations.renewalSeconds(Long.MAX_VALUE)).isEqualTo(86_400);
        assertThat(Reservations.pauseSeconds(1)).isEqualTo(6);
        assertThat(Reservations.pauseSeconds(100_000)).isEqualTo(300);
        assertThat(Reservations.isPlace(Multiaddr.parse("/ip4/1.2.3.4/tcp/5/p2p/" + PEER + "/p2p-circuit")))
                .isTrue();
        assertThat(Reservations.isPlace(Multiaddr.parse("/ip4/1.2.3.4/tcp/5/p2p-circuit")))
                .isFalse();
        assertThat(Reservations.isPlace(Multiaddr.parse("/ip4/1.2.3.4/tcp/5"))).isFalse();
    }
}
