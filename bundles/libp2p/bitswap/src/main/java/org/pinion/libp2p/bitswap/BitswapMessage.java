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
package org.pinion.libp2p.bitswap;

import java.util.List;
import org.pinion.ipld.multiformats.Cid;

/**
 * What one message carries.
 *
 * @param wants changes of the sender's want list
 * @param full whether {@code wants} is the whole list
 * @param blocks blocks
 * @param presences what the sender has and has not
 * @spec bitswap 1.2.0 "Wire Format"
 */
record BitswapMessage(List<Want> wants, boolean full, List<Block> blocks, List<Presence> presences) {
    BitswapMessage {
        wants = List.copyOf(wants);
        blocks = List.copyOf(blocks);
        presences = List.copyOf(presences);
    }

    static BitswapMessage wants(List<Want> wants) {
        return new BitswapMessage(wants, false, List.of(), List.of());
    }

    /**
     * An entry of a want list.
     *
     * @param cid the block
     * @param priority higher first
     * @param cancel not wanted any more
     * @param haveOnly it is enough to know that the peer has it
     * @param sendDontHave an answer is wanted also if the peer has it not
     */
    record Want(Cid cid, int priority, boolean cancel, boolean haveOnly, boolean sendDontHave) {
        static Want cancel(Cid cid) {
            return new Want(cid, 0, true, false, false);
        }
    }

    /**
     * A block.
     *
     * @param prefix the CID of the block without the digest
     * @param data its bytes
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Block(CidPrefix prefix, byte[] data) {}

    /** Whether the sender has a block. */
    record Presence(Cid cid, boolean have) {}
}
