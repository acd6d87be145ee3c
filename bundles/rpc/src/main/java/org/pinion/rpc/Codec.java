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
package org.pinion.rpc;

import java.io.IOException;

/**
 * How one type travels. Stateless; any thread.
 *
 * @param <T> the type
 */
interface Codec<T> {
    /** Writes a value. */
    void write(MsgOut out, T value) throws IOException;

    /**
     * Reads a value.
     *
     * @throws IllegalArgumentException if the bytes are no such value, with the reason
     */
    T read(MsgIn in) throws IOException;

    /** Writes what stands for no value: the body of an answer whose method failed. */
    void writeZero(MsgOut out) throws IOException;
}
