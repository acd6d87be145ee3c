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
package org.pinion.rpc;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Pin;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;
import org.pinion.spi.PinType;

/**
 * Pins as msgpack maps, options first.
 *
 * @spec cluster wire "Types on the wire", Pin
 */
final class PinCodec implements Codec<Pin> {
    private static final List<String> NAMES =
            List.of("rn", "rx", "n", "o", "s", "ua", "e", "m", "pu", "g", "c", "t", "a", "d", "r", "i");

    @Override
    public void write(MsgOut out, Pin pin) throws IOException {
        PinOptions options = pin.options();
        out.fields()
                .signed("rn", options.replicationMin())
                .signed("rx", options.replicationMax())
                .text("n", options.name())
                .signed("o", options.mode().ordinal())
                .unsigned("s", options.shardSize())
                .peers("ua", options.userAllocations())
                .time("e", options.expireAt())
                .texts("m", options.metadata())
                .optionalCid("pu", options.pinUpdate())
                .multiaddrs("g", options.origins())
                .cid("c", pin.cid())
                .unsigned("t", pin.type().bit())
                .peers("a", pin.allocations())
                .signed("d", pin.maxDepth())
                .optionalCid("r", pin.reference())
                .time("i", pin.timestamp())
                .end();
    }

    @Override
    public Pin read(MsgIn in) throws IOException {
        Fields fields = new Fields();
        in.fields(NAMES, name -> fields.option(name, in) || fields.own(name, in));
        return new Pin(
                Codecs.required(fields.cid, "the pin's cid"),
                PinType.ofBit(fields.type),
                fields.allocations,
                fields.maxDepth,
                fields.reference,
                fields.timestamp,
                fields.options.replication(fields.min, fields.max).build());
    }

    @Override
    public void writeZero(MsgOut out) throws IOException {
        out.fields().cid("c", null).end();
    }

    private static final class Fields {
        private final PinOptions.Builder options = PinOptions.builder();
        private int min;
        private int max;
        private @Nullable Cid cid;
        private long type;
        private List<PeerId> allocations = List.of();
        private int maxDepth;
        private @Nullable Cid reference;
        private @Nullable Instant timestamp;

        boolean option(String name, MsgIn in) throws IOException {
            switch (name) {
                case "rn" -> min = in.smallInteger();
                case "rx" -> max = in.smallInteger();
                case "n" -> options.name(in.text());
                case "o" -> options.mode(in.integer() == 1 ? PinMode.DIRECT : PinMode.RECURSIVE);
                case "s" -> options.shardSize(in.integer());
                case "ua" -> options.userAllocations(in.peerIds());
                case "e" -> options.expireAt(in.time());
                case "m" -> options.metadata(in.texts());
                case "pu" -> options.pinUpdate(in.cid());
                case "g" -> options.origins(in.multiaddrs());
                default -> {
                    return false;
                }
            }
            return true;
        }

        boolean own(String name, MsgIn in) throws IOException {
            switch (name) {
                case "c" -> cid = in.cid();
                case "t" -> type = in.integer();
                case "a" -> allocations = in.peerIds();
                case "d" -> maxDepth = in.smallInteger();
                case "r" -> reference = in.cid();
                case "i" -> timestamp = in.time();
                default -> {
                    return false;
                }
            }
            return true;
        }
    }
}
