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
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A dag-pb node.
 *
 * @param links in the order of the encoding
 * @param data not copied, nobody may change it; null if the node has none, which differs from an empty one
 */
public record PbNode(List<PbLink> links, byte @Nullable [] data) {
    // written out, not compact: the null checker does not see the annotation of an array in a compact constructor
    public PbNode(List<PbLink> links, byte @Nullable [] data) {
        this.links = List.copyOf(links);
        this.data = data;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PbNode node && links.equals(node.links) && Arrays.equals(data, node.data);
    }

    @Override
    public int hashCode() {
        return 31 * links.hashCode() + Arrays.hashCode(data);
    }

    @Override
    public String toString() {
        return links.size() + " links, " + (data == null ? "no data" : data.length + " bytes of data");
    }
}
