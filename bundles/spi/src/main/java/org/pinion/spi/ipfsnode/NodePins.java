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
package org.pinion.spi.ipfsnode;

import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.ipld.multiformats.Cid;

/** Names of the pins of the node in this process. Any thread; blocks on the disk. */
@ConsumerType
public interface NodePins {
    /** The name of a pin; empty if it has none, or there is no such pin. */
    String pinName(Cid root);

    /**
     * Names a pin; without one nothing happens.
     *
     * @param name empty = no name
     */
    void namePin(Cid root, String name);
}
