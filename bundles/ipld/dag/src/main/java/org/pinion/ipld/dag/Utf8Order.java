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

import java.io.Serializable;
import java.util.Comparator;

/** Orders strings as the bytes of their UTF-8 form would be ordered, as dag-pb wants its links sorted. */
public final class Utf8Order implements Comparator<String>, Serializable {
    /** The only instance needed. */
    public static final Utf8Order INSTANCE = new Utf8Order();

    private static final long serialVersionUID = 1L;

    private Utf8Order() {}

    @Override
    public int compare(String left, String right) {
        int common = Math.min(left.length(), right.length());
        for (int i = 0; i < common; i++) {
            char l = left.charAt(i);
            char r = right.charAt(i);
            if (l != r) {
                return rank(l) - rank(r);
            }
        }
        return left.length() - right.length();
    }

    /** UTF-16 puts surrogates below U+E000..U+FFFF, UTF-8 puts what they stand for above. */
    private static int rank(char c) {
        return Character.isSurrogate(c) ? c + 0x10000 : c;
    }
}
