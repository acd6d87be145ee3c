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

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.MessageReader;
import org.pinion.libp2p.api.MessageWriter;
import org.pinion.libp2p.api.Stream;

/** The other half of the relay protocols, as small as it can be; the bundle itself is a client only. */
final class FakeRelay {
    private final Host host;
    private final RelayLimit limit;
    private final Set<PeerId> places = ConcurrentHashMap.newKeySet();

    private FakeRelay(Host host, RelayLimit limit) {
        this.host = host;
        this.limit = limit;
    }

    /** Makes a host a relay; the limit may be null. */
    static void on(Host host, RelayLimit limit) {
        FakeRelay relay = new FakeRelay(host, limit);
        host.handle(RelayClient.HOP, relay::accept);
    }

    private void accept(Stream stream) {
        MessageReader reader = new MessageReader(stream, 4096);
        reader.read().thenAccept(message -> {
            try {
                HopMessage question = HopMessage.decode(message.orElseThrow());
                if (question.type() == HopMessage.RESERVE) {
                    places.add(stream.remotePeer());
                    Reservation granted = new Reservation(Instant.now().getEpochSecond() + 3600, List.of());
                    answer(stream, new HopMessage(HopMessage.STATUS, null, granted, limit, Status.OK));
                } else if (places.contains(question.peer().id())) {
                    connect(stream, reader, question.peer().id());
                } else {
                    answer(stream, new HopMessage(HopMessage.STATUS, null, null, null, 204));
                }
            } catch (IOException e) {
                stream.reset(0);
            }
        });
    }

    private static CompletableFuture<Void> answer(Stream stream, HopMessage answer) {
        return MessageWriter.write(stream, answer.encode()).toCompletableFuture();
    }

    private void connect(Stream from, MessageReader fromReader, PeerId target) {
        StopMessage question =
                new StopMessage(StopMessage.CONNECT, new RelayPeer(from.remotePeer(), List.of()), limit, 0);
        host.newStream(target, List.of(RelayClient.STOP)).thenAccept(to -> {
            MessageReader toReader = new MessageReader(to, 4096);
            MessageWriter.write(to, question.encode())
                    .thenCompose(done -> toReader.read())
                    .thenCompose(yes -> answer(from, new HopMessage(HopMessage.STATUS, null, null, limit, Status.OK)))
                    .thenAccept(done -> {
                        copy(Optional.of(fromReader.leftover()), from, to);
                        copy(Optional.of(toReader.leftover()), to, from);
                    });
        });
    }

    private static void copy(Optional<ByteBuffer> data, Stream from, Stream to) {
        if (data.isEmpty()) {
            to.closeWrite();
            return;
        }
        to.write(data.get()).thenCompose(done -> from.read()).whenComplete((next, error) -> {
            if (error == null) {
                copy(next, from, to);
            } else {
                to.reset(0);
            }
        });
    }
}
