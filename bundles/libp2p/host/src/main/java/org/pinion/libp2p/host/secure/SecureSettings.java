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
package org.pinion.libp2p.host.secure;

import java.util.List;
import java.util.Optional;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;

/**
 * How to run the handshake of a secure channel.
 *
 * @param initiator true for the dialer
 * @param identity our key
 * @param expected the peer that was dialed; empty for inbound connections
 * @param muxers our multiplexers in order of preference
 */
public record SecureSettings(boolean initiator, PrivateKey identity, Optional<PeerId> expected, List<String> muxers) {}
