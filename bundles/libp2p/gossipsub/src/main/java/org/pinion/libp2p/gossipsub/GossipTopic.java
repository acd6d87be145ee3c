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

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.MessageValidator;
import org.pinion.libp2p.api.MessageValidator.Verdict;
import org.pinion.libp2p.api.PubSubMessage;
import org.pinion.libp2p.api.Registration;
import org.pinion.libp2p.api.Topic;
import org.pinion.libp2p.api.TopicListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A joined topic: its validator, subscribers and listeners. */
final class GossipTopic implements Topic {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.libp2p.gossipsub");

    private final GossipSub pubSub;
    private final String name;
    private final MessageValidator validator;
    private final Registered<Consumer<PubSubMessage>> subscribers = new Registered<>();
    private final Registered<TopicListener> listeners = new Registered<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    GossipTopic(GossipSub pubSub, String name, MessageValidator validator) {
        this.pubSub = pubSub;
        this.name = name;
        this.validator = validator;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public CompletionStage<Void> publish(byte[] data) {
        return pubSub.publish(this, data);
    }

    @Override
    public Registration subscribe(Consumer<PubSubMessage> subscriber) {
        checkOpen();
        Registered.Entry<Consumer<PubSubMessage>> entry = Registered.entry(subscriber);
        subscribers.add(entry);
        pubSub.updateSubscription(this);
        return () -> {
            if (subscribers.remove(entry)) {
                pubSub.updateSubscription(this);
            }
        };
    }

    @Override
    public Registration listen(TopicListener listener) {
        checkOpen();
        Registered.Entry<TopicListener> entry = Registered.entry(listener);
        AtomicBoolean open = new AtomicBoolean(true);
        pubSub.inLoop(() -> {
            if (open.get() && !closed.get()) {
                listeners.add(entry);
                peers().forEach(peer -> listeners.call(entry, l -> l.peerJoined(peer)));
            }
        });
        return () -> {
            open.set(false);
            listeners.remove(entry);
        };
    }

    @Override
    public List<PeerId> peers() {
        return pubSub.subscribers(name);
    }

    @Override
    public void close() {
        if (!closed.getAndSet(true)) {
            subscribers.clear();
            listeners.clear();
            pubSub.leave(this);
        }
    }

    boolean isClosed() {
        return closed.get();
    }

    boolean wantsMessages() {
        return !closed.get() && !subscribers.isEmpty();
    }

    private void checkOpen() {
        if (closed.get()) {
            throw new IllegalStateException("topic " + name + " is closed");
        }
    }

    // ---- inside the loop ----

    Verdict validate(PubSubMessage message) {
        try {
            return validator.validate(message);
        } catch (RuntimeException e) {
            log.warn("the validator of topic {} failed, the message is ignored", name, e);
            return Verdict.IGNORE;
        }
    }

    void deliver(PubSubMessage message) {
        subscribers.forEach(subscriber -> subscriber.accept(message));
    }

    void joined(PeerId peer) {
        listeners.forEach(listener -> listener.peerJoined(peer));
    }

    void left(PeerId peer) {
        listeners.forEach(listener -> listener.peerLeft(peer));
    }
}
