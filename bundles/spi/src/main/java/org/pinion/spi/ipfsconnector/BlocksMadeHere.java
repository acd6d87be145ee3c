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

import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.ipld.dag.Block;
import org.pinion.spi.flow.Cursor;

/**
 * Blocks whose CIDs were computed from their bytes in this process, so that {@link IpfsBlocks#putBlocks} need not do it
 * again. Nothing that came from another peer may be handed on as this.
 */
@ConsumerType
public interface BlocksMadeHere extends Cursor<Block> {}
