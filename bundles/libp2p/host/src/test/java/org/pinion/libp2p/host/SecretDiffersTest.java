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
package org.pinion.libp2p.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pinion.libp2p.host.TestHosts.await;
import static org.pinion.libp2p.host.TestHosts.connect;
import static org.pinion.libp2p.host.TestHosts.settings;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostListener;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.api.NetworkSecret;

/** Another secret, or none, is told as that on both sides: to who dials, to listeners, and to who asks later. */
class SecretDiffersTest {
    private static final NetworkSecret OTHER = NetworkSecret.of(new byte[NetworkSecret.BYTES]);

    private record Failure(Object who, NetworkException error) {}

    private static final class Failures implements HostListener {
        private final BlockingQueue<Failure> dials = new ArrayBlockingQueue<>(10);
        private final BlockingQueue<Failure> inbound = new ArrayBlockingQueue<>(10);

        @Override
        public void dialFailed(PeerId peer, NetworkException error) {
            dials.add(new Failure(peer, error));
        }

        @Override
        public void inboundFailed(Multiaddr remote, NetworkException error) {
            inbound.add(new Failure(remote, error));
        }
    }

    private final TestHosts hosts = new TestHosts();

    @AfterEach
    void close() {
        hosts.close();
    }

    private static Failures watch(Host host) {
        Failures failures = new Failures();
        host.listen(failures);
        return failures;
    }

    private static NetworkException error(Runnable dial) {
        try {
            dial.run();
        } catch (TestHosts.Failed e) {
            return (NetworkException) e.getCause();
        }
        throw new AssertionError("no failure");
    }

    @Test
    void bothSidesHearOfAnotherSecret() throws Exception {
        Host a = hosts.open(settings().withSecret(TestHosts.SECRET));
        Host b = hosts.open(settings().withSecret(OTHER));
        Failures atA = watch(a);
        Failures atB = watch(b);

        NetworkException error = error(() -> connect(a, b));

        assertThat(error.reason()).isEqualTo(Reason.SECRET_DIFFERS);
        assertThat(error).hasMessageEndingWith("/p2p/" + b.id() + " failed: secret differs");
        Failure dial = atA.dials.poll(20, TimeUnit.SECONDS);
        assertThat(dial.who()).isEqualTo(b.id());
        assertThat(dial.error()).isSameAs(error);
        Failure inbound = atB.inbound.poll(20, TimeUnit.SECONDS);
        assertThat(inbound.who().toString()).startsWith("/ip4/127.0.0.1/tcp/");
        assertThat(inbound.error().reason()).isEqualTo(Reason.SECRET_DIFFERS);
        assertThat(atB.dials).isEmpty();
    }

    @Test
    void thePauseAfterThatNamesItToo() throws IOException {
        Host a = hosts.open(settings().withSecret(TestHosts.SECRET));
        Host b = hosts.open(settings().withSecret(OTHER));
        assertThat(a.lastFailure(b.id())).isEmpty();
        NetworkException first = error(() -> connect(a, b));

        NetworkException second = error(() -> await(a.newStream(b.id(), List.of("/x"))));

        assertThat(second.reason()).isEqualTo(Reason.BACK_OFF);
        assertThat(second).hasMessageContaining("secret differs").hasCause(first);
        assertThat(NetworkException.isSecretDiffers(second)).isTrue();
        assertThat(NetworkException.isSecretDiffers(new CompletionException(second)))
                .isTrue();
        assertThat(NetworkException.isSecretDiffers(null)).isFalse();
        assertThat(NetworkException.isSecretDiffers(new IOException("x"))).isFalse();
        assertThat(a.lastFailure(b.id())).containsSame(first);
    }

    @Test
    void whoHasNoSecretIsSaid() throws Exception {
        Host open = hosts.open();
        Host closed = hosts.open(settings().withSecret(TestHosts.SECRET));
        Failures atOpen = watch(open);
        Failures atClosed = watch(closed);

        assertThat(error(() -> connect(open, closed))).hasMessageContaining("secret differs: this peer has none");
        assertThat(atClosed.inbound.poll(20, TimeUnit.SECONDS).error())
                .hasMessageContaining("secret differs: the other side has none");
        assertThat(error(() -> connect(closed, open))).hasMessageContaining("secret differs: the other side has none");
        assertThat(atOpen.inbound.poll(20, TimeUnit.SECONDS).error())
                .hasMessageContaining("secret differs: this peer has none");
    }

    @Test
    void otherFailuresAreNotTakenForThatAndEndWithAConnection() throws Exception {
        Host a = hosts.open(settings().withSecret(TestHosts.SECRET));
        Host b = hosts.open(settings().withSecret(TestHosts.SECRET));
        Failures atA = watch(a);

        assertThatThrownBy(() -> await(a.connect(b.id(), List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/1")))));
        assertThat(atA.dials.poll(20, TimeUnit.SECONDS).error().reason()).isEqualTo(Reason.DIAL_FAILED);
        assertThat(NetworkException.isSecretDiffers(a.lastFailure(b.id()).orElseThrow()))
                .isFalse();

        CompletableFuture<PeerId> came = new CompletableFuture<>();
        a.listen(new HostListener() {
            @Override
            public void peerConnected(PeerId peer) {
                came.complete(peer);
            }
        });
        connect(b, a);
        assertThat(came.get(20, TimeUnit.SECONDS)).isEqualTo(b.id());
        assertThat(a.connections()).hasSize(1);
        assertThat(a.lastFailure(b.id())).isEmpty();
    }
}
