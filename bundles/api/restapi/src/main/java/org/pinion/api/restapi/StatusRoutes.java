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
package org.pinion.api.restapi;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.StatusFilter;
import org.pinion.spi.cluster.PinStatuses;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.http.Exchange;
import org.pinion.spi.http.PinParameters;
import org.pinion.spi.http.Route;

/** Status of pins, and recovery. */
final class StatusRoutes {
    private static final StatusFilter OUT_OF_SYNC = StatusFilter.parse("error,unexpectedly_unpinned");
    private static final int CIDS_AT_ONCE = 32;
    private static final long ONE_STATUS_SECONDS = 120;

    private final Components components;
    private final Executors executors;

    StatusRoutes(Components components, Executors executors) {
        this.components = components;
        this.executors = executors;
    }

    /** Routes of the 0.11 era, accepted in both shapes: what this peer remembers is compared with its IPFS node first. */
    List<Route> syncs() {
        return List.of(
                new Route("SyncAll", "POST", "/pins/sync", this::syncAll),
                new Route("Sync", "POST", "/pins/{hash}/sync", this::sync));
    }

    List<Route> routes() {
        return List.of(
                new Route("StatusAll", "GET", "/pins", this::all),
                new Route("Recover", "POST", "/pins/{hash}/recover", this::recover),
                new Route("RecoverAll", "POST", "/pins/recover", this::recoverAll),
                new Route("Status", "GET", "/pins/{hash}", this::one));
    }

    private CompletionStage<Void> all(Exchange exchange) {
        Exchange.Request request = exchange.request();
        boolean local = PinParameters.local(request);
        String cids = request.parameter("cids");
        if (!cids.isEmpty()) {
            return some(exchange, cids, local);
        }
        String text = request.parameter("filter");
        StatusFilter filter = StatusFilter.parse(text);
        if (!text.isEmpty() && filter.bits() == 0) {
            throw PinParameters.bad("invalid filter value: \"" + text + "\"");
        }
        Listing listing = Listing.of(request);
        // a page of all pins is short: its pins are asked for one by one, instead of reading over all statuses before
        // it
        Cursor<GlobalPinInfo> infos = listing.selects() || (listing.isPaged() && filter.bits() == 0)
                ? new Statuses(PinRoutes.select(components, listing), ask(local), filter)
                : all(local, filter, listing.after());
        return Replies.lines(executors, exchange, listing.limited(infos), JsonRecords::status);
    }

    private Cursor<GlobalPinInfo> all(boolean local, StatusFilter filter, @Nullable Cid after) {
        PinStatuses statuses = components.statuses();
        Cursor<GlobalPinInfo> infos =
                local ? statuses.statusAllLocal(filter).map(GlobalPinInfo::of) : statuses.statusAll(filter);
        return after == null ? infos : infos.filter(info -> info.cid().compareTo(after) > 0);
    }

    private Function<Cid, CompletableFuture<GlobalPinInfo>> ask(boolean local) {
        PinStatuses statuses = components.statuses();
        return local
                ? cid -> statuses.statusLocal(cid).thenApply(GlobalPinInfo::of).toCompletableFuture()
                : cid -> statuses.status(cid).toCompletableFuture();
    }

    private CompletionStage<Void> some(Exchange exchange, String list, boolean local) {
        Deque<Cid> wanted = new ArrayDeque<>();
        for (String text : list.split(",")) {
            wanted.add(PinParameters.cid(text, "error decoding Cid: "));
        }
        return Replies.lines(executors, exchange, new Several(wanted, ask(local)), JsonRecords::status);
    }

    private CompletionStage<Void> one(Exchange exchange) {
        Cid cid = PinRoutes.hash(exchange);
        CompletionStage<GlobalPinInfo> status =
                ask(PinParameters.local(exchange.request())).apply(cid);
        return Replies.later(exchange, status, JsonRecords::status);
    }

    private CompletionStage<Void> sync(Exchange exchange) {
        Cid cid = PinRoutes.hash(exchange);
        Function<Cid, CompletableFuture<GlobalPinInfo>> ask = ask(PinParameters.local(exchange.request()));
        CompletionStage<GlobalPinInfo> status =
                components.reconciler().reconcile(cid).thenCompose(compared -> ask.apply(cid));
        return Replies.later(exchange, status, JsonRecords::status);
    }

    private CompletionStage<Void> recover(Exchange exchange) {
        Cid cid = PinRoutes.hash(exchange);
        PinStatuses statuses = components.statuses();
        CompletionStage<GlobalPinInfo> status = PinParameters.local(exchange.request())
                ? statuses.recoverLocal(cid).thenApply(GlobalPinInfo::of)
                : statuses.recover(cid);
        return Replies.later(exchange, status, JsonRecords::status);
    }

    private CompletionStage<Void> recoverAll(Exchange exchange) {
        PinStatuses statuses = components.statuses();
        Cursor<GlobalPinInfo> infos = PinParameters.local(exchange.request())
                ? statuses.recoverAllLocal().map(GlobalPinInfo::of)
                : statuses.recoverAll();
        return Replies.lines(executors, exchange, infos, JsonRecords::status);
    }

    /** Compares this peer's tracker with its IPFS node and gives what is in error on the peers. */
    private CompletionStage<Void> syncAll(Exchange exchange) {
        components.reconciler().reconcile();
        return Replies.lines(
                executors,
                exchange,
                all(PinParameters.local(exchange.request()), OUT_OF_SYNC, null),
                JsonRecords::status);
    }

    /** Statuses of several CIDs, a bounded number asked for at once, in the order they come; failures come last. */
    private static final class Several implements Cursor<GlobalPinInfo> {
        private record Answer(
                @Nullable GlobalPinInfo info, @Nullable Throwable failure) {}

        private final Deque<Cid> wanted;
        private final Function<Cid, CompletableFuture<GlobalPinInfo>> ask;
        private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>(CIDS_AT_ONCE);
        private final List<ClusterException> failures = new ArrayList<>();
        private int underWay;

        Several(Deque<Cid> wanted, Function<Cid, CompletableFuture<GlobalPinInfo>> ask) {
            this.wanted = wanted;
            this.ask = ask;
        }

        @Override
        public @Nullable GlobalPinInfo next() {
            while (true) {
                while (underWay < CIDS_AT_ONCE && !wanted.isEmpty()) {
                    underWay++;
                    ask.apply(wanted.remove())
                            .whenComplete((info, failure) -> answers.offer(new Answer(info, failure)));
                }
                if (underWay == 0) {
                    if (!failures.isEmpty()) {
                        throw joined();
                    }
                    return null;
                }
                Answer answer = take();
                underWay--;
                if (answer.info != null) {
                    return answer.info;
                }
                failures.add(ClusterException.of(
                        answer.failure == null ? new IllegalStateException("no status") : answer.failure));
            }
        }

        private Answer take() {
            try {
                Answer answer = answers.poll(ONE_STATUS_SECONDS, TimeUnit.SECONDS);
                if (answer == null) {
                    throw new ClusterException(
                            ErrorCode.TIMEOUT,
                            "no status of " + underWay + " CIDs within " + ONE_STATUS_SECONDS + " s");
                }
                return answer;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ClusterException(ErrorCode.UNAVAILABLE, "interrupted while asking for statuses", e);
            }
        }

        private ClusterException joined() {
            List<String> texts = failures.stream()
                    .map(ClusterException::getMessage)
                    .distinct()
                    .toList();
            return new ClusterException(failures.get(0).code(), String.join("; ", texts));
        }

        @Override
        public void close() {
            wanted.clear();
        }
    }
}
