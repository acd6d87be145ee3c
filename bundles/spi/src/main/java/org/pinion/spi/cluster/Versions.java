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
package org.pinion.spi.cluster;

/** The version that is shown everywhere. */
public final class Versions {
    /** Version of the reference whose behaviour is offered. */
    public static final String REFERENCE = "1.1.6";
    /** Version of Pinion itself. */
    public static final String PINION = "0.1.0";
    /** What {@code /version}, the ID object and the commands show. */
    public static final String FULL = REFERENCE + "+pinion." + PINION;
    /** How a host names itself in identify. */
    public static final String AGENT = "pinion/" + PINION;
    /** Protocol of calls between cluster peers. */
    public static final String RPC_PROTOCOL = "/ipfscluster/1.0/rpc";

    private Versions() {}
}
