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

import org.osgi.service.component.annotations.Component;
import org.pinion.libp2p.api.BlockExchange;
import org.pinion.libp2p.api.BlockExchanges;
import org.pinion.libp2p.api.ExchangeBlockstore;
import org.pinion.libp2p.api.ExchangeSettings;
import org.pinion.libp2p.api.Host;

/**
 * Block exchange by bitswap 1.2.0 and older. Only connected peers are asked. Each open exchange has one thread for its
 * wants, on which futures complete, and up to four for the blockstore and for hashing.
 */
@Component(service = BlockExchanges.class)
public final class BitswapExchanges implements BlockExchanges {
    @Override
    public BlockExchange open(Host host, ExchangeBlockstore blocks, ExchangeSettings settings) {
        Bitswap bitswap = new Bitswap(host, blocks, settings, System::nanoTime);
        bitswap.start();
        return bitswap;
    }
}
