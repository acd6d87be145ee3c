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
package org.pinion.libp2p.host.pnet;

import org.bouncycastle.crypto.engines.XSalsa20Engine;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.pinion.libp2p.api.NetworkSecret;

/**
 * The key stream of one direction of a private connection: XSalsa20 with a 24-byte nonce, running on over buffers of
 * any size. Not thread-safe.
 *
 * @spec libp2p "Pre-shared Key Based Private Networks", encryption
 */
public final class PnetCipher {
    /** Length of the nonce that each side sends in clear first. */
    public static final int NONCE_BYTES = 24;

    private final XSalsa20Engine engine = new XSalsa20Engine();

    public PnetCipher(NetworkSecret secret, byte[] nonce) {
        engine.init(true, new ParametersWithIV(new KeyParameter(secret.bytes()), nonce));
    }

    /** Encrypts or decrypts {@code count} bytes; source and target may be the same place. */
    public void apply(byte[] source, int sourceOffset, byte[] target, int targetOffset, int count) {
        engine.processBytes(source, sourceOffset, count, target, targetOffset);
    }
}
