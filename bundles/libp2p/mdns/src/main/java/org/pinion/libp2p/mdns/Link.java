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
package org.pinion.libp2p.mdns;

import java.io.IOException;
import java.net.InetAddress;

/** Our ear and voice on one network. Any thread. */
interface Link extends AutoCloseable {
    /** What comes in. Called on any thread, must not block. */
    interface Heard {
        /** An instance of the service is there, or changed. */
        void there(String instance, byte[] text);

        /** An instance of the service is gone. */
        void gone(String instance);
    }

    /** Opens links. */
    interface Opener {
        /**
         * Starts to listen.
         *
         * @param address ours on that network
         * @param name of our instance of the service
         * @throws IOException if the network cannot be listened to
         */
        Link open(InetAddress address, String name, Heard heard) throws IOException;
    }

    /**
     * Tells the network this text record, now and whenever somebody asks.
     *
     * @throws IOException if that is not possible
     */
    void tell(byte[] text) throws IOException;

    /**
     * Asks who is there.
     *
     * @throws IOException if that is not possible
     */
    void ask() throws IOException;

    /** Says goodbye and stops to listen. Returns at once. */
    @Override
    void close();
}
