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
package org.pinion.libp2p.bitswap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.libp2p.api.BlockExchange;
import org.pinion.libp2p.api.ExchangeBlockstore;
import org.pinion.libp2p.api.ExchangeSettings;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostFactory;
import org.pinion.libp2p.api.HostSettings;
import org.pinion.libp2p.api.MessageReader;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.bitswap.BitswapMessage.Block;
import org.pinion.libp2p.bitswap.BitswapMessage.Presence;
import org.pinion.libp2p.bitswap.BitswapMessage.Want;

/** Real hosts on the loopback device. */
class BitswapTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        Collections.reverse(opened);
        for (AutoCloseable closeable : opened) {
            closeable.close();
        }
    }

    /** Blocks in memory. */
    private static final class MemoryBlocks implements ExchangeBlockstore {
        final Map<Multihash, byte[]> blocks = new ConcurrentHashMap<>();
        final BlockingQueue<Cid> missed = new LinkedBlockingQueue<>();
        final AtomicInteger reads = new AtomicInteger();

        Cid put(byte[] data) {
            Cid cid = cid(data);
            blocks.put(cid.multihash(), data);
            return cid;
        }

        @Override
        public Optional<byte[]> get(Cid cid) {
            reads.incrementAndGet();
            Optional<byte[]> found = Optional.ofNullable(blocks.get(cid.multihash()));
            if (found.isEmpty()) {
                missed.add(cid);
            }
            return found;
        }

        @Override
        public OptionalLong size(Cid cid) {
            byte[] data = blocks.get(cid.multihash());
            if (data == null) {
                missed.add(cid);
                return OptionalLong.empty();
            }
            return OptionalLong.of(data.length);
        }
    }

    /** A host with an exchange. */
    private final class Node {
        final Host host;
        final MemoryBlocks store = new MemoryBlocks();
        final BlockExchange exchange;

        Node() throws IOException {
            this(ExchangeSettings.DEFAULT);
        }

        Node(ExchangeSettings settings) throws IOException {
            host = host();
            exchange = new BitswapExchanges().open(host, store, settings);
            opened.add(exchange);
        }

        byte[] get(Cid cid) {
            return await(exchange.get(cid, LONG));
        }
    }

    private Host host() throws IOException {
        Host host = ServiceLoader.load(HostFactory.class)
                .findFirst()
                .orElseThrow()
                .open(HostSettings.of(PrivateKey.generate(KeyType.ED25519))
                        .withListen(List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"))));
        opened.add(host);
        return host;
    }

    private static void connect(Host from, Host to) {
        await(from.connect(to.id(), to.listenAddresses()));
    }

    private static void connect(Node from, Node to) {
        connect(from.host, to.host);
    }

    private static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    private static <T> T take(BlockingQueue<T> queue) {
        try {
            T next = queue.poll(20, TimeUnit.SECONDS);
            assertThat(next).as("something within the deadline").isNotNull();
            return next;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Cid cid(byte[] data) {
        return Cid.v1(Cid.RAW, Multihash.sha256(data));
    }

    private static byte[] data(int number, int bytes) {
        byte[] data = new byte[bytes];
        new Random(number).nextBytes(data);
        return data;
    }

    @Test
    void aBlockIsFetchedFromAPeer() throws Exception {
        Node a = new Node();
        Node b = new Node();
        Cid small = b.store.put(data(1, 100));
        Cid large = b.store.put(data(2, 2 << 20));
        Cid empty = b.store.put(new byte[0]);
        connect(a, b);

        assertThat(a.get(small)).isEqualTo(data(1, 100));
        assertThat(a.get(large)).isEqualTo(data(2, 2 << 20));
        assertThat(a.get(empty)).isEmpty();
        assertThat(a.exchange.stats().blocksReceived()).isEqualTo(3);
        assertThat(a.exchange.stats().bytesReceived()).isEqualTo(100 + (2 << 20));
        assertThat(a.exchange.stats().wants()).isZero();
        assertThat(a.exchange.stats().peers()).isEqualTo(1);
        assertThat(a.store.blocks).isEmpty();
    }

    @Test
    void theContentOfAnIdentityCidIsInTheCid() throws Exception {
        Node a = new Node();
        assertThat(a.get(Cid.v1(Cid.RAW, Multihash.identity(new byte[] {1, 2}))))
                .containsExactly(1, 2);
    }

    @Test
    void bothVersionsOfACidAreServed() throws Exception {
        Node a = new Node();
        Node b = new Node();
        Multihash hash = b.store.put(data(1, 5000)).multihash();
        connect(b, a);
        assertThat(a.get(Cid.v0(hash))).isEqualTo(data(1, 5000));
        assertThat(a.get(Cid.v1(Cid.DAG_PB, hash))).isEqualTo(data(1, 5000));
    }

    @Test
    void aBlockThatArrivesLaterIsSentToWhoWaits() throws Exception {
        Node a = new Node();
        Node b = new Node();
        connect(a, b);
        byte[] data = data(3, 3000);
        CompletableFuture<byte[]> waiting = a.exchange.get(cid(data), LONG);
        assertThat(take(b.store.missed)).isEqualTo(cid(data));
        assertThat(waiting).isNotDone();

        b.store.put(data);
        b.exchange.haveNewBlock(cid(data));

        assertThat(await(waiting)).isEqualTo(data);
    }

    @Test
    void aBlockThatIsStoredHereMeanwhileEndsTheWait() throws Exception {
        Node a = new Node();
        byte[] data = data(4, 10);
        CompletableFuture<byte[]> waiting = a.exchange.get(cid(data), LONG);
        a.store.put(data);
        a.exchange.haveNewBlock(cid(data));
        assertThat(await(waiting)).isEqualTo(data);
    }

    @Test
    void aPeerThatConnectsLaterIsAsked() throws Exception {
        Node a = new Node();
        Node b = new Node();
        Cid cid = b.store.put(data(5, 300_000));
        CompletableFuture<byte[]> waiting = a.exchange.get(cid, LONG);
        connect(b, a);
        assertThat(await(waiting)).isEqualTo(data(5, 300_000));
    }

    @Test
    void amongSeveralPeersTheOneThatHasItDelivers() throws Exception {
        Node a = new Node();
        List<Node> others = List.of(new Node(), new Node(), new Node());
        for (Node other : others) {
            connect(a, other);
        }
        for (int i = 0; i < 30; i++) {
            Cid cid = others.get(i % 3).store.put(data(i, 2000 + i));
            assertThat(a.get(cid)).isEqualTo(data(i, 2000 + i));
        }
    }

    @Test
    void theTimeoutNamesTheBlock() throws Exception {
        Node a = new Node();
        Node b = new Node();
        connect(a, b);
        Cid cid = cid(data(6, 10));
        assertThatThrownBy(() -> a.exchange.get(cid, Duration.ofMillis(50)).get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(NetworkException.class)
                .hasMessageContaining(cid.toString());
        assertThat(a.exchange.get(cid, LONG)).isNotDone();
    }

    @Test
    void cancellingWithdrawsTheWant() throws Exception {
        Node a = new Node();
        Node b = new Node();
        connect(a, b);
        byte[] data = data(7, 5000);
        CompletableFuture<byte[]> first = a.exchange.get(cid(data), LONG);
        CompletableFuture<byte[]> second = a.exchange.get(cid(data), LONG);
        take(b.store.missed);
        first.cancel(true);
        second.cancel(true);

        // the next want goes behind the cancel on the same stream
        byte[] other = data(8, 5000);
        CompletableFuture<byte[]> third = a.exchange.get(cid(other), LONG);
        assertThat(take(b.store.missed)).isEqualTo(cid(other));
        b.store.put(data);
        b.exchange.haveNewBlock(cid(data));
        b.store.put(other);
        b.exchange.haveNewBlock(cid(other));
        await(third);
        assertThat(b.exchange.stats().blocksSent()).isEqualTo(1);
        assertThat(a.exchange.stats().duplicateBlocks()).isZero();
        assertThat(a.exchange.stats().wants()).isZero();
    }

    @Test
    void callsForTheSameBlockShareOneRequest() throws Exception {
        Node a = new Node();
        Node b = new Node();
        Cid cid = b.store.put(data(9, 9000));
        List<CompletableFuture<byte[]>> calls = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            calls.add(a.exchange.get(cid, LONG));
        }
        calls.get(3).cancel(false);
        connect(a, b);
        calls.remove(3);
        calls.forEach(call -> assertThat(await(call)).hasSize(9000));
        assertThat(b.exchange.stats().blocksSent()).isEqualTo(1);
    }

    @Test
    void tooManyWantsAreRefused() throws Exception {
        Node a = new Node(new ExchangeSettings(5, 1024, 2 << 20, 4 << 20));
        List<CompletableFuture<byte[]>> calls = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            calls.add(a.exchange.get(cid(data(i, 10)), LONG));
        }
        assertThatThrownBy(() -> a.exchange.get(cid(data(5, 10)), LONG).get(20, TimeUnit.SECONDS))
                .hasMessageContaining("limit 5");
        calls.get(0).cancel(false);
        assertThat(a.exchange.get(cid(data(5, 10)), LONG)).isNotDone();
    }

    @Test
    void manyBlocksOfAllSizesArrive() throws Exception {
        Node a = new Node();
        Node b = new Node();
        List<Cid> cids = new ArrayList<>();
        Random random = new Random(5);
        for (int i = 0; i < 3000; i++) {
            cids.add(b.store.put(data(i, random.nextInt(i % 100 == 0 ? 1 << 20 : 4000))));
        }
        connect(a, b);
        List<CompletableFuture<byte[]>> calls =
                cids.stream().map(cid -> a.exchange.get(cid, LONG)).toList();
        for (int i = 0; i < cids.size(); i++) {
            assertThat(cid(await(calls.get(i)))).isEqualTo(cids.get(i));
        }
        assertThat(a.exchange.stats().duplicateBlocks()).isZero();
        assertThat(a.exchange.stats().blocksReceived()).isEqualTo(3000);
    }

    @Test
    void aLostConnectionInTheMiddleIsMadeUpFor() throws Exception {
        Node a = new Node();
        Node b = new Node();
        List<Cid> cids = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            cids.add(b.store.put(data(i, 60_000)));
        }
        connect(a, b);
        List<CompletableFuture<byte[]>> calls =
                cids.stream().map(cid -> a.exchange.get(cid, LONG)).toList();
        await(calls.get(20));
        a.host.disconnect(b.host.id());
        connect(a, b);
        calls.forEach(call -> assertThat(await(call)).hasSize(60_000));
    }

    // ---- a peer that speaks the wire format by hand ----

    private static void write(Stream stream, BitswapMessage message) {
        await(stream.write(BitswapCodec.frame(message, Dialect.V1_2)));
    }

    /** Messages that a host gets on its inbound streams. */
    private static BlockingQueue<BitswapMessage> listen(Host host) {
        BlockingQueue<BitswapMessage> messages = new LinkedBlockingQueue<>();
        host.handle(Dialect.PROTOCOLS.get(0), stream -> readAll(new MessageReader(stream, 4 << 20), messages));
        return messages;
    }

    private static void readAll(MessageReader reader, BlockingQueue<BitswapMessage> messages) {
        reader.read().whenComplete((message, error) -> {
            if (error == null && message.isPresent()) {
                messages.add(BitswapCodec.decode(message.get(), 2 << 20));
                readAll(reader, messages);
            }
        });
    }

    @Test
    void wantsAreAnsweredAsTheReferenceExpects() throws Exception {
        Node node = new Node();
        Cid tiny = node.store.put(data(1, 1024));
        Cid large = node.store.put(data(2, 1025));
        Cid missing = cid(data(3, 5));
        Host probe = host();
        BlockingQueue<BitswapMessage> answers = listen(probe);
        connect(probe, node.host);
        Stream stream = await(probe.newStream(node.host.id(), Dialect.PROTOCOLS));

        write(stream, BitswapMessage.wants(List.of(new Want(tiny, 1, false, true, false))));
        assertThat(take(answers).blocks()).extracting(Block::data).containsExactly(data(1, 1024));
        write(stream, BitswapMessage.wants(List.of(new Want(large, 1, false, true, false))));
        assertThat(take(answers).presences()).containsExactly(new Presence(large, true));
        write(stream, BitswapMessage.wants(List.of(new Want(large, 1, false, false, true))));
        assertThat(take(answers).blocks()).extracting(Block::prefix).containsExactly(CidPrefix.of(large));
        write(
                stream,
                BitswapMessage.wants(List.of(
                        new Want(missing, 2, false, false, false), new Want(cid(new byte[1]), 1, false, true, true))));
        assertThat(take(answers).presences()).containsExactly(new Presence(cid(new byte[1]), false));
        node.store.put(data(3, 5));
        node.exchange.haveNewBlock(missing);
        assertThat(take(answers).blocks()).hasSize(1);
    }

    @Test
    void blocksAreAskedForInTwoStepsAndCancelledElsewhere() throws Exception {
        Node node = new Node();
        List<Host> probes = List.of(host(), host());
        List<BlockingQueue<BitswapMessage>> heard =
                probes.stream().map(BitswapTest::listen).toList();
        for (Host probe : probes) {
            connect(probe, node.host);
        }
        // both are known once both were asked for something
        CompletableFuture<byte[]> warmUp = node.exchange.get(cid(data(9, 9)), LONG);
        heard.forEach(BitswapTest::take);
        byte[] data = data(1, 5000);
        CompletableFuture<byte[]> wanted = node.exchange.get(cid(data), LONG);
        for (BlockingQueue<BitswapMessage> messages : heard) {
            assertThat(take(messages).wants())
                    .singleElement()
                    .satisfies(want -> assertThat(want.haveOnly()).isTrue());
        }
        Stream stream = await(probes.get(1).newStream(node.host.id(), Dialect.PROTOCOLS));
        write(stream, new BitswapMessage(List.of(), false, List.of(), List.of(new Presence(cid(data), true))));
        assertThat(take(heard.get(1)).wants())
                .singleElement()
                .satisfies(want -> assertThat(want.haveOnly()).isFalse());
        Block other = new Block(CidPrefix.of(cid(data)), data(2, 5000));
        write(stream, new BitswapMessage(List.of(), false, List.of(other), List.of()));
        Block right = new Block(CidPrefix.of(cid(data)), data);
        write(stream, new BitswapMessage(List.of(), false, List.of(right), List.of()));

        assertThat(await(wanted)).isEqualTo(data);
        assertThat(take(heard.get(0)).wants()).containsExactly(Want.cancel(cid(data)));
        assertThat(node.exchange.stats().duplicateBlocks()).isEqualTo(1);
        warmUp.cancel(false);
    }

    @Test
    void garbageResetsItsStreamAndRepeatedGarbageEndsTheConnection() throws Exception {
        Node node = new Node();
        Cid cid = node.store.put(data(1, 10));
        Host probe = host();
        BlockingQueue<BitswapMessage> answers = listen(probe);
        connect(probe, node.host);
        Stream good = await(probe.newStream(node.host.id(), Dialect.PROTOCOLS));
        write(good, BitswapMessage.wants(List.of(new Want(cid, 1, false, false, true))));
        take(answers);

        List<byte[]> garbage = List.of(
                new byte[] {2, (byte) 0xff, (byte) 0xff}, new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f});
        for (byte[] bytes : garbage) {
            Stream bad = await(probe.newStream(node.host.id(), Dialect.PROTOCOLS));
            await(bad.write(ByteBuffer.wrap(bytes)));
            assertThatThrownBy(() -> bad.read().toCompletableFuture().get(20, TimeUnit.SECONDS))
                    .hasMessageContaining("reset");
        }
        write(good, BitswapMessage.wants(List.of(new Want(cid, 1, false, false, true))));
        assertThat(take(answers).blocks()).hasSize(1);

        CompletableFuture<Void> ended = new CompletableFuture<>();
        good.read().whenComplete((data, error) -> ended.complete(null));
        for (int i = 0; i < 20 && !ended.isDone(); i++) {
            CompletableFuture<Stream> bad =
                    probe.newStream(node.host.id(), Dialect.PROTOCOLS).toCompletableFuture();
            bad.thenCompose(stream -> stream.write(ByteBuffer.wrap(garbage.get(0))))
                    .exceptionally(error -> null);
        }
        await(ended);
    }

    @Test
    void aPeerThatAsksForMuchAndReadsNothingHoldsLittleMemory() throws Exception {
        Node node = new Node();
        List<Want> wants = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            wants.add(new Want(node.store.put(data(i, 1 << 20)), 1, false, false, false));
        }
        Host probe = host();
        CompletableFuture<Stream> unread = new CompletableFuture<>();
        probe.handle(Dialect.PROTOCOLS.get(0), unread::complete);
        connect(probe, node.host);
        Stream stream = await(probe.newStream(node.host.id(), Dialect.PROTOCOLS));
        write(stream, BitswapMessage.wants(wants));
        Stream answers = await(unread);
        // a few MiB, whatever the time: nothing more is read until the peer takes what there is
        assertThat(node.store.reads.get()).isLessThan(12);

        BlockingQueue<BitswapMessage> messages = new LinkedBlockingQueue<>();
        readAll(new MessageReader(answers, 4 << 20), messages);
        int blocks = 0;
        while (blocks < 60) {
            blocks += take(messages).blocks().size();
        }
        assertThat(blocks).isEqualTo(60);
    }

    @Test
    void closingFailsWhatWaitsAndEndsTheThreads() throws Exception {
        Node a = new Node();
        CompletableFuture<byte[]> waiting = a.exchange.get(cid(data(1, 1)), LONG);
        assertThatThrownBy(() -> new BitswapExchanges().open(a.host, a.store, ExchangeSettings.DEFAULT))
                .isInstanceOf(IllegalStateException.class);
        a.exchange.close();
        a.exchange.close();

        assertThatThrownBy(() -> waiting.get(20, TimeUnit.SECONDS)).hasMessageContaining("closed");
        assertThatThrownBy(() -> a.exchange.get(cid(data(1, 1)), LONG).get(20, TimeUnit.SECONDS))
                .hasMessageContaining("closed");
        String id = a.host.id().toString();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread ->
                        thread.getName().startsWith("pinion-libp2p-bitswap-" + id.substring(id.length() - 6)));
        opened.add(new BitswapExchanges().open(a.host, a.store, ExchangeSettings.DEFAULT));
    }

    @Test
    void manyTinyMessagesInOneWriteAreAllWorkedOff() throws Exception {
        Node server = new Node();
        Host asker = host();
        connect(asker, server.host);
        Stream stream = await(asker.newStream(server.host.id(), Dialect.PROTOCOLS));
        ByteBuffer all = ByteBuffer.allocate(200_000);
        ByteBuffer empty = BitswapCodec.frame(BitswapMessage.wants(List.of()), Dialect.of(stream.protocol()));
        while (all.remaining() > 1000) {
            all.put(empty.duplicate());
        }
        Cid wanted = cid(new byte[] {1, 2, 3});
        all.put(BitswapCodec.frame(
                BitswapMessage.wants(List.of(new Want(wanted, 1, false, false, false))),
                Dialect.of(stream.protocol())));
        await(stream.write(all.flip()));
        assertThat(server.store.missed.poll(30, TimeUnit.SECONDS)).isEqualTo(wanted);
    }
}
