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
package org.pinion.adder;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.RandomAccess;
import org.pinion.ipld.multiformats.Cid;

/** Many CIDs in little memory: their bytes one after another. For one thread. */
final class LinkList extends AbstractList<Cid> implements RandomAccess {
    private byte[] bytes = new byte[1024];
    private int[] ends = new int[32];
    private int size;

    @Override
    public boolean add(Cid cid) {
        byte[] one = cid.bytes();
        int start = start(size);
        int end = Math.addExact(start, one.length);
        if (end > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(end, (int) Math.min(bytes.length * 2L, Integer.MAX_VALUE - 8)));
        }
        if (size == ends.length) {
            ends = Arrays.copyOf(ends, size * 2);
        }
        System.arraycopy(one, 0, bytes, start, one.length);
        ends[size++] = end;
        return true;
    }

    private int start(int index) {
        return index == 0 ? 0 : ends[index - 1];
    }

    @Override
    public Cid get(int index) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException(index);
        }
        return Cid.ofBytes(Arrays.copyOfRange(bytes, start(index), ends[index]));
    }

    @Override
    public int size() {
        return size;
    }
}
