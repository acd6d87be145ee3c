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
package org.pinion.ipld.dag;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;

/**
 * One block: an address and the bytes it stands for.
 *
 * @param cid address of the bytes; that it matches is the business of whoever makes the block
 * @param data not copied: nobody may change it afterwards
 */
public record Block(Cid cid, byte[] data) {
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Block block && cid.equals(block.cid) && Arrays.equals(data, block.data);
    }

    @Override
    public int hashCode() {
        return cid.hashCode();
    }

    @Override
    public String toString() {
        return cid + " (" + data.length + " bytes)";
    }
}
