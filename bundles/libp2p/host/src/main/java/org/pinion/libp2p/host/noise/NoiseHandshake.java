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
package org.pinion.libp2p.host.noise;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;
import org.jspecify.annotations.Nullable;

/**
 * The XX handshake with X25519, bytes in and out. Not thread-safe.
 *
 * <pre>
 * -&gt; e
 * &lt;- e, ee, s, es, payload
 * -&gt; s, se, payload
 * </pre>
 *
 * @spec Noise "Interactive handshake patterns", XX
 */
public final class NoiseHandshake {
    private static final int KEY_BYTES = 32;
    private static final int SEALED_KEY_BYTES = KEY_BYTES + CipherState.TAG_BYTES;

    private final boolean initiator;
    private final X25519PrivateKeyParameters localStatic;
    private final X25519PrivateKeyParameters localEphemeral;
    private final SymmetricState state = new SymmetricState();
    private @Nullable X25519PublicKeyParameters remoteEphemeral;
    private @Nullable X25519PublicKeyParameters remoteStatic;

    /** Fresh keys. */
    public NoiseHandshake(boolean initiator, SecureRandom random) {
        this(initiator, new X25519PrivateKeyParameters(random), new X25519PrivateKeyParameters(random));
    }

    NoiseHandshake(
            boolean initiator, X25519PrivateKeyParameters localStatic, X25519PrivateKeyParameters localEphemeral) {
        this.initiator = initiator;
        this.localStatic = localStatic;
        this.localEphemeral = localEphemeral;
    }

    /** Our static public key, which the payload signs. */
    public byte[] localStaticKey() {
        return localStatic.generatePublicKey().getEncoded();
    }

    /** The other side's static public key, once its message was read. */
    public byte[] remoteStaticKey() {
        return known(remoteStatic).getEncoded();
    }

    byte[] hash() {
        return state.handshakeHash();
    }

    /** Initiator: the first message. */
    public byte[] writeFirst() {
        byte[] e = localEphemeral.generatePublicKey().getEncoded();
        state.mixHash(e);
        state.encryptAndHash(new byte[0]);
        return e;
    }

    /** Responder: takes the first message. */
    public void readFirst(byte[] message) throws GeneralSecurityException {
        if (message.length < KEY_BYTES) {
            throw new GeneralSecurityException("first handshake message of " + message.length + " bytes");
        }
        byte[] e = Arrays.copyOf(message, KEY_BYTES);
        state.mixHash(e);
        remoteEphemeral = new X25519PublicKeyParameters(e);
        state.decryptAndHash(Arrays.copyOfRange(message, KEY_BYTES, message.length));
    }

    /** Responder: the second message. */
    public byte[] writeSecond(byte[] payload) throws GeneralSecurityException {
        byte[] e = localEphemeral.generatePublicKey().getEncoded();
        state.mixHash(e);
        state.mixKey(agree(localEphemeral, known(remoteEphemeral)));
        byte[] s = state.encryptAndHash(localStaticKey());
        state.mixKey(agree(localStatic, known(remoteEphemeral)));
        return concat(e, s, state.encryptAndHash(payload));
    }

    /** Initiator: takes the second message; returns its payload. */
    public byte[] readSecond(byte[] message) throws GeneralSecurityException {
        if (message.length < KEY_BYTES + SEALED_KEY_BYTES + CipherState.TAG_BYTES) {
            throw new GeneralSecurityException("second handshake message of " + message.length + " bytes");
        }
        byte[] e = Arrays.copyOf(message, KEY_BYTES);
        state.mixHash(e);
        X25519PublicKeyParameters ephemeral = new X25519PublicKeyParameters(e);
        remoteEphemeral = ephemeral;
        state.mixKey(agree(localEphemeral, ephemeral));
        X25519PublicKeyParameters s = readStatic(message, KEY_BYTES);
        state.mixKey(agree(localEphemeral, s));
        return state.decryptAndHash(Arrays.copyOfRange(message, KEY_BYTES + SEALED_KEY_BYTES, message.length));
    }

    /** Initiator: the third message; the handshake is done. */
    public byte[] writeThird(byte[] payload) throws GeneralSecurityException {
        byte[] s = state.encryptAndHash(localStaticKey());
        state.mixKey(agree(localStatic, known(remoteEphemeral)));
        return concat(s, state.encryptAndHash(payload));
    }

    /** Responder: takes the third message; returns its payload. The handshake is done. */
    public byte[] readThird(byte[] message) throws GeneralSecurityException {
        if (message.length < SEALED_KEY_BYTES + CipherState.TAG_BYTES) {
            throw new GeneralSecurityException("third handshake message of " + message.length + " bytes");
        }
        X25519PublicKeyParameters s = readStatic(message, 0);
        state.mixKey(agree(localEphemeral, s));
        return state.decryptAndHash(Arrays.copyOfRange(message, SEALED_KEY_BYTES, message.length));
    }

    /** The ciphers of the finished handshake: first for sending, second for receiving. */
    public CipherState[] split() {
        CipherState[] keys = state.split();
        return initiator ? keys : new CipherState[] {keys[1], keys[0]};
    }

    private X25519PublicKeyParameters readStatic(byte[] message, int offset) throws GeneralSecurityException {
        byte[] s = state.decryptAndHash(Arrays.copyOfRange(message, offset, offset + SEALED_KEY_BYTES));
        X25519PublicKeyParameters key = new X25519PublicKeyParameters(s);
        remoteStatic = key;
        return key;
    }

    private static byte[] agree(X25519PrivateKeyParameters own, X25519PublicKeyParameters other)
            throws GeneralSecurityException {
        byte[] secret = new byte[X25519PrivateKeyParameters.SECRET_SIZE];
        try {
            own.generateSecret(other, secret, 0);
        } catch (IllegalStateException e) {
            throw new GeneralSecurityException("the peer's key is of low order", e);
        }
        return secret;
    }

    private static X25519PublicKeyParameters known(@Nullable X25519PublicKeyParameters key) {
        if (key == null) {
            throw new IllegalStateException("handshake messages out of order");
        }
        return key;
    }

    private static byte[] concat(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        byte[] all = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }
}
