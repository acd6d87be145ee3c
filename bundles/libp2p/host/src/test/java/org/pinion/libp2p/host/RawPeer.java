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

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.host.multistream.Tokens;
import org.pinion.libp2p.host.noise.CipherState;
import org.pinion.libp2p.host.noise.NoiseHandshake;
import org.pinion.libp2p.host.noise.NoisePayload;

/** Dials a host with a plain socket and writes whatever a test wants, at any layer. Answers nothing by itself. */
final class RawPeer implements AutoCloseable {
    private static final int MAX_PLAIN = 65519;

    /** A received yamux frame. */
    record Received(int type, int flags, int id, long length, byte[] data) {}

    private final PrivateKey key = PrivateKey.generate(KeyType.ED25519);
    private final Socket socket;
    private final OutputStream out;
    private final DataInputStream in;
    private CipherState encryptor;
    private CipherState decryptor;
    private ByteBuffer plain = ByteBuffer.allocate(0);

    private RawPeer(Host host) throws IOException {
        int port = Integer.parseInt(host.listenAddresses().get(0).value("tcp").orElseThrow());
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        out = socket.getOutputStream();
        in = new DataInputStream(socket.getInputStream());
    }

    /** A connected socket, nothing more. */
    static RawPeer connect(Host host) throws IOException {
        return new RawPeer(host);
    }

    /** A connection up to yamux. */
    static RawPeer secured(Host host) throws IOException, GeneralSecurityException {
        return secured(host, payload -> payload);
    }

    /** As well, with a payload of the handshake that may be changed. */
    static RawPeer secured(Host host, UnaryOperator<NoisePayload> change) throws IOException, GeneralSecurityException {
        RawPeer peer = new RawPeer(host);
        byte[] tokens = Tokens.encode(Tokens.HEADER, "/noise");
        peer.out.write(tokens);
        peer.in.readFully(new byte[tokens.length]);
        NoiseHandshake handshake = new NoiseHandshake(true, new SecureRandom());
        peer.frame(handshake.writeFirst());
        handshake.readSecond(peer.frame());
        NoisePayload payload = NoisePayload.create(peer.key, handshake.localStaticKey(), List.of("/yamux/1.0.0"));
        peer.frame(handshake.writeThird(change.apply(payload).encode()));
        CipherState[] ciphers = handshake.split();
        peer.encryptor = ciphers[0];
        peer.decryptor = ciphers[1];
        return peer;
    }

    PeerId id() {
        return PeerId.of(key.publicKey());
    }

    /** Bytes on the socket. */
    void raw(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    private void frame(byte[] message) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(2 + message.length);
        out.write(frame.putShort((short) message.length).put(message).array());
    }

    private byte[] frame() throws IOException {
        byte[] message = new byte[in.readUnsignedShort()];
        in.readFully(message);
        return message;
    }

    /** Bytes inside the secure channel. */
    void send(byte[] bytes) throws IOException {
        for (int at = 0; at < bytes.length; at += MAX_PLAIN) {
            int n = Math.min(MAX_PLAIN, bytes.length - at);
            byte[] sealed = new byte[n + CipherState.TAG_BYTES];
            encryptor.encrypt(bytes, at, n, sealed, 0);
            frame(sealed);
        }
    }

    /** A yamux frame. */
    static byte[] yamux(int type, int flags, int id, long length, byte[]... data) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer head = ByteBuffer.allocate(12);
        head.put((byte) 0).put((byte) type).putShort((short) flags).putInt(id).putInt((int) length);
        all.writeBytes(head.array());
        for (byte[] each : data) {
            all.writeBytes(each);
        }
        return all.toByteArray();
    }

    /** Data on a stream, which is opened by it. */
    void open(int id, byte[] data) throws IOException {
        send(yamux(0, 1, id, data.length, data));
    }

    /** The next frame of yamux; throws at the end of the connection. */
    Received receive() throws IOException, GeneralSecurityException {
        ByteBuffer head = ByteBuffer.wrap(take(12));
        head.get();
        int type = head.get();
        int flags = head.getShort();
        int id = head.getInt();
        long length = head.getInt() & 0xffff_ffffL;
        return new Received(type, flags, id, length, type == 0 ? take((int) length) : new byte[0]);
    }

    /** The data of a stream until it has at least so many bytes. */
    byte[] data(int id, int count) throws IOException, GeneralSecurityException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (all.size() < count) {
            Received next = receive();
            if (next.id() == id) {
                all.writeBytes(next.data());
            }
        }
        return all.toByteArray();
    }

    private byte[] take(int count) throws IOException, GeneralSecurityException {
        byte[] bytes = new byte[count];
        for (int at = 0; at < count; ) {
            if (!plain.hasRemaining()) {
                byte[] sealed = frame();
                byte[] opened = new byte[sealed.length];
                plain = ByteBuffer.wrap(opened, 0, decryptor.decrypt(sealed, 0, sealed.length, opened, 0));
            }
            int n = Math.min(plain.remaining(), count - at);
            plain.get(bytes, at, n);
            at += n;
        }
        return bytes;
    }

    /** Reads frames until the host ends the connection; the last ones are the result. */
    Received[] untilTheEnd() throws GeneralSecurityException {
        Received[] last = new Received[3];
        try {
            while (true) {
                Received next = receive();
                last = new Received[] {last[1], last[2], next};
            }
        } catch (EOFException e) {
            return last;
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).matches(".*(reset|closed|Broken pipe).*")) {
                return last;
            }
            throw new AssertionError("the host did not end the connection, last " + Arrays.toString(last), e);
        }
    }

    /** What came on the socket until its end. */
    byte[] rawUntilTheEnd() throws IOException {
        return in.readAllBytes();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
