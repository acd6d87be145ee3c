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

import org.osgi.annotation.versioning.ConsumerType;

/** Serves one inbound stream. Called on the connection's event loop: must not block. The handler owns the stream. */
@ConsumerType
@FunctionalInterface
public interface StreamHandler {
    /** Takes over a stream whose protocol was agreed. An exception resets the stream. */
    void accept(Stream stream);
}
