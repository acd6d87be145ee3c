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
package org.pinion.libp2p.api;

import org.osgi.annotation.versioning.ProviderType;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PublicKey;

/** Who a host is. Any thread. */
@ProviderType
public interface Identity {
    /** The peer id that {@link #publicKey()} hashes to. */
    PeerId id();

    /** The public half of the identity key. */
    PublicKey publicKey();

    /** Signs {@code data} with the identity key; the private key itself never leaves the host. */
    byte[] sign(byte[] data);
}
