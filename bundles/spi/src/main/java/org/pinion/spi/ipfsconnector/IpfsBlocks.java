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
package org.pinion.spi.ipfsconnector;

import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.flow.Cursor;

/** Single blocks of the IPFS node. Any thread. */
@ConsumerType
public interface IpfsBlocks {
    /** Stores blocks of one codec and hash as they are pulled; done when all are stored. Fails on zero blocks. */
    CompletableFuture<Void> putBlocks(Cursor<Block> blocks);

    /** A block, fetched from the network when missing. */
    CompletableFuture<byte[]> getBlock(Cid cid);
}
