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

import io.netty.channel.ChannelHandlerContext;
import org.pinion.libp2p.api.NetworkException;

/** Hears the end of the handshake of a secure channel; called on the event loop. */
public interface SecureOutcome {
    /** The channel is secure. Handlers added behind {@code ctx} see plain bytes. */
    void secured(ChannelHandlerContext ctx, Secured secured);

    /** The handshake failed: HANDSHAKE_FAILED or WRONG_PEER. */
    void failed(NetworkException error);
}
