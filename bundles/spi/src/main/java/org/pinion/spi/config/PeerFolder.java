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
package org.pinion.spi.config;

import java.nio.file.Path;
import org.osgi.annotation.versioning.ProviderType;

/** Where this peer keeps its files. Any thread. */
@ProviderType
public interface PeerFolder {
    /** The folder with service.json, identity.json and peerstore. */
    Path root();

    /** Our own data: {@code pinion/} in the root. */
    Path own();
}
