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

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.ipld.multiformats.Cid;

/** The blocks that an exchange gives to others. Called on worker threads; may block. */
@ConsumerType
public interface ExchangeBlockstore {
    /** The bytes of a block; they are not changed by the exchange. */
    Optional<byte[]> get(Cid cid) throws IOException;

    /** The size of a block in bytes, or empty when it is not here. */
    OptionalLong size(Cid cid) throws IOException;
}
