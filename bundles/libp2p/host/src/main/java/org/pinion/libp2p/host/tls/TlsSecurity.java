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
package org.pinion.libp2p.host.tls;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PublicKey;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.host.secure.SecureOutcome;
import org.pinion.libp2p.host.secure.SecureSettings;
import org.pinion.libp2p.host.secure.Secured;

/**
 * TLS 1.3 in which both sides prove their identity by a certificate extension. One per host; any thread.
 *
 * @spec libp2p "TLS handshake" 1.0.0
 */
public final class TlsSecurity {
    /** What is negotiated when no multiplexer is settled. */
    private static final String ALPN = "libp2p";

    private static final String ALIAS = "libp2p";

    private final org.pinion.ipld.multiformats.PrivateKey identity;
    private final SecureRandom random;
    private @Nullable HostCertificate certificate;

    /** For a host with this identity. */
    public TlsSecurity(org.pinion.ipld.multiformats.PrivateKey identity, SecureRandom random) {
        this.identity = identity;
        this.random = random;
    }

    /** Made for the first connection: most hosts never need it. */
    private synchronized HostCertificate certificate() {
        HostCertificate known = certificate;
        if (known == null) {
            known = HostCertificate.create(identity, random, Clock.systemUTC());
            certificate = known;
        }
        return known;
    }

    /** Starts the handshake in a pipeline, behind {@code ctx}. */
    public void start(ChannelHandlerContext ctx, SecureSettings settings, SecureOutcome outcome) {
        PeerCheck check = new PeerCheck(settings.expected());
        SSLEngine engine;
        try {
            engine = engine(settings, check);
        } catch (GeneralSecurityException e) {
            outcome.failed(new NetworkException(Reason.HANDSHAKE_FAILED, "tls: " + e.getMessage(), e));
            return;
        }
        SslHandler handler = new SslHandler(engine);
        // the set-up as a whole has a time limit
        handler.setHandshakeTimeoutMillis(0);
        ctx.pipeline().addAfter(ctx.name(), "tls", handler);
        ctx.pipeline().addAfter("tls", "tls-end", new End(settings, engine, check, outcome));
    }

    /** A context for every connection: sessions are never resumed, so certificates are always checked. */
    private SSLEngine engine(SecureSettings settings, PeerCheck check) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(new KeyManager[] {new OwnKey(certificate())}, new TrustManager[] {check}, random);
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(settings.initiator());
        List<String> protocols = new ArrayList<>(settings.muxers());
        protocols.add(ALPN);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3"});
        parameters.setApplicationProtocols(protocols.toArray(String[]::new));
        if (!settings.initiator()) {
            parameters.setNeedClientAuth(true);
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    /** Waits for the end of the handshake, then leaves the pipeline. */
    private static final class End extends ChannelInboundHandlerAdapter {
        private final SecureSettings settings;
        private final SSLEngine engine;
        private final PeerCheck check;
        private final SecureOutcome outcome;

        private End(SecureSettings settings, SSLEngine engine, PeerCheck check, SecureOutcome outcome) {
            this.settings = settings;
            this.engine = engine;
            this.check = check;
            this.outcome = outcome;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (!(event instanceof SslHandshakeCompletionEvent done)) {
                ctx.fireUserEventTriggered(event);
                return;
            }
            PublicKey key = check.proved;
            if (!done.isSuccess() || key == null) {
                outcome.failed(failure(done.cause()));
                return;
            }
            String protocol = engine.getApplicationProtocol();
            Optional<String> muxer = Optional.ofNullable(protocol).filter(settings.muxers()::contains);
            outcome.secured(ctx, new Secured(PeerId.of(key), key, muxer));
            ctx.pipeline().remove(this);
        }

        private NetworkException failure(@Nullable Throwable cause) {
            if (check.wrongPeer != null) {
                return new NetworkException(Reason.WRONG_PEER, "the peer is " + check.wrongPeer, cause);
            }
            String why = cause == null ? "the peer sent no certificate" : String.valueOf(cause.getMessage());
            return new NetworkException(Reason.HANDSHAKE_FAILED, "tls: " + why, cause);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            outcome.failed(failure(cause));
        }
    }

    /** Checks the certificate of the peer of one connection. */
    private static final class PeerCheck extends X509ExtendedTrustManager {
        private final Optional<PeerId> expected;
        private volatile @Nullable PublicKey proved;
        private volatile @Nullable PeerId wrongPeer;

        private PeerCheck(Optional<PeerId> expected) {
            this.expected = expected;
        }

        private void check(X509Certificate[] chain) throws CertificateException {
            PublicKey key = HostCertificate.verify(chain);
            PeerId peer = PeerId.of(key);
            if (expected.isPresent() && !expected.get().equals(peer)) {
                wrongPeer = peer;
                throw new CertificateException("the peer is " + peer);
            }
            proved = key;
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** Presents our certificate, whatever the other side asks for. */
    private static final class OwnKey extends X509ExtendedKeyManager {
        private final HostCertificate own;

        private OwnKey(HostCertificate own) {
            this.own = own;
        }

        @Override
        public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return ALIAS;
        }

        @Override
        public @Nullable String chooseEngineClientAlias(
                String[] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return List.of(types).contains("EC") ? ALIAS : null;
        }

        @Override
        public String[] getServerAliases(String type, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public @Nullable String chooseServerAlias(
                String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return ALIAS;
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String type, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return type.equals("EC") ? ALIAS : null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return new X509Certificate[] {own.certificate()};
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return own.key();
        }
    }
}
