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
/**
 * The libp2p network as its users see it: hosts, streams, publish-subscribe, block exchange and routing. No transport
 * library shows through.
 *
 * <p>Threads: every completion and every callback runs on an event loop of the host. Code that runs there must never
 * block; use the blocking adapters ({@link org.pinion.libp2p.api.StreamInput}, {@link
 * org.pinion.libp2p.api.StreamOutput}) on worker threads only.
 */
@Export
@Version("1.1.0")
@NullMarked
package org.pinion.libp2p.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
