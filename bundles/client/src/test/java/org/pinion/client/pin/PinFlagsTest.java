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
package org.pinion.client.pin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.pinion.client.add.AddFlags;
import org.pinion.client.command.Invocation;
import org.pinion.client.command.Option;
import org.pinion.client.command.Options;
import org.pinion.client.command.UsageErrors;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.PeerPinStatus;
import org.pinion.spi.PinOptions;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.adder.AddParams;

class PinFlagsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final PeerId ONE = PeerId.parse("12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN");
    private static final PeerId TWO = PeerId.parse("12D3KooWHHzSeKaY8xuZVzkLbKFfvNgPPeKhFBGrMbNzbm5akpqu");

    /** A run of a command with all options. */
    private static final class Run extends Invocation {
        private Run(Options words) {
            super(words, Clock.fixed(NOW, ZoneOffset.UTC));
        }

        static Run of(String... words) {
            List<Option> all = new ArrayList<>(PinFlags.replication());
            all.addAll(PinFlags.description("peers"));
            all.addAll(AddFlags.scope());
            all.addAll(AddFlags.blocks());
            all.addAll(AddFlags.shards());
            return new Run(Options.strictly(all, List.of(words), new Failing()));
        }

        @Override
        public RuntimeException unusable(String option, @Nullable String why) {
            return new IllegalStateException(option + ": " + why);
        }

        @Override
        protected RuntimeException interrupted() {
            return new IllegalStateException("interrupted");
        }
    }

    private static final class Failing implements UsageErrors {
        @Override
        public RuntimeException unknown(String word, String name) {
            return new IllegalStateException(word);
        }

        @Override
        public RuntimeException noValue(String word, String name) {
            return new IllegalStateException(word);
        }

        @Override
        public RuntimeException invalid(Option option, String value, String why) {
            return new IllegalStateException(value);
        }
    }

    private static @Nullable PeerId peer(String text) {
        return text.equals("nobody") ? null : PeerId.parse(text);
    }

    @Test
    void optionsOfPinsAreRead() {
        PinOptions pin = PinFlags.read(
                        Run.of(
                                "--rmin=1",
                                "--rmax=2",
                                "-n=site",
                                "--expire-in=1h30m",
                                "--metadata=a=b=c",
                                "--metadata=d=",
                                "--allocs= " + ONE + ",nobody,, " + TWO),
                        PinFlagsTest::peer)
                .build();
        assertThat(pin.name()).isEqualTo("site");
        assertThat(pin.replicationMin()).isEqualTo(1);
        assertThat(pin.replicationMax()).isEqualTo(2);
        assertThat(pin.expireAt()).isEqualTo(NOW.plus(Duration.ofMinutes(90)));
        assertThat(pin.metadata()).isEqualTo(Map.of("a", "b=c", "d", ""));
        assertThat(pin.userAllocations()).containsExactly(ONE, TWO);
    }

    @Test
    void whatCannotBeReadIsToldByItsOption() {
        assertThatThrownBy(() -> PinFlags.read(Run.of("--metadata=a"), PinFlagsTest::peer))
                .hasMessage("metadata: not key=value: \"a\"");
        assertThatThrownBy(() -> PinFlags.read(Run.of("--expire-in=soon"), PinFlagsTest::peer))
                .hasMessageStartingWith("expire-in: ");
        assertThatThrownBy(() -> PinFlags.read(Run.of("--allocs=x"), PinFlagsTest::peer))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void optionsOfAddedContentAreReadAndThoseThatACommandLacksAreOff() {
        AddParams usual = AddFlags.read(Run.of(), PinOptions.builder(), false);
        assertThat(usual.chunker()).isEqualTo("size-262144");
        assertThat(usual.cidVersion()).isZero();
        assertThat(usual.rawLeaves()).isFalse();
        assertThat(usual.wrap()).isFalse();
        assertThat(usual.noCopy()).isFalse();
        assertThat(usual.pin().shardSize()).isEqualTo(104857600);
        AddParams other = AddFlags.read(Run.of("--hash=blake2b-256", "--no-pin", "-H"), PinOptions.builder(), true);
        assertThat(other.cidVersion()).isEqualTo(1);
        assertThat(other.rawLeaves()).isTrue();
        assertThat(other.wrap()).isTrue();
        assertThat(other.noPin()).isTrue();
        assertThat(other.hidden()).isTrue();
    }

    private static GlobalPinInfo info(TrackerStatus one, TrackerStatus two, String error) {
        TreeMap<PeerId, PeerPinStatus> peers = new TreeMap<>();
        peers.put(ONE, new PeerPinStatus("one", null, List.of(), one, NOW, "", 0, false));
        peers.put(TWO, new PeerPinStatus("two", null, List.of(), two, NOW, error, 0, false));
        return new GlobalPinInfo(Cid.parse("bafkqaaa"), "", List.of(), List.of(), NOW, new TreeMap<>(), peers);
    }

    @Test
    void aStatusIsReachedWhenEnoughPeersHaveIt() {
        AwaitedStatus all = new AwaitedStatus(TrackerStatus.PINNED, 0);
        AwaitedStatus one = new AwaitedStatus(TrackerStatus.PINNED, 1);
        AwaitedStatus more = new AwaitedStatus(TrackerStatus.PINNED, 5);
        GlobalPinInfo half = info(TrackerStatus.PINNED, TrackerStatus.PINNING, "");
        assertThat(all.isReached(half)).isFalse();
        assertThat(one.isReached(half)).isTrue();
        assertThat(more.isReached(half)).isFalse();
        GlobalPinInfo elsewhere = info(TrackerStatus.PINNED, TrackerStatus.REMOTE, "");
        assertThat(all.isReached(elsewhere)).isTrue();
        assertThat(more.isReached(elsewhere)).isFalse();
        assertThat(new AwaitedStatus(TrackerStatus.UNPINNED, 0).isReached(elsewhere))
                .isFalse();
        assertThat(more.isReached(info(TrackerStatus.PINNED, TrackerStatus.PINNED, "")))
                .isTrue();
    }

    @Test
    void aPeerThatFailedIsToldWithItsReason() {
        assertThat(AwaitedStatus.failure(info(TrackerStatus.PINNED, TrackerStatus.PINNING, "")))
                .isEmpty();
        assertThat(AwaitedStatus.failure(info(TrackerStatus.PINNED, TrackerStatus.PIN_ERROR, "no block")))
                .isEqualTo("peer " + TWO + " has status PIN_ERROR: no block");
        assertThat(AwaitedStatus.failure(info(TrackerStatus.CLUSTER_ERROR, TrackerStatus.PINNED, "")))
                .isEqualTo("peer " + ONE + " has status CLUSTER_ERROR");
    }
}
