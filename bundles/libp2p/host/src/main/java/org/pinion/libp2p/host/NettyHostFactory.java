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
package org.pinion.libp2p.host;

import java.io.IOException;
import java.time.Clock;
import org.osgi.service.component.annotations.Component;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostFactory;
import org.pinion.libp2p.api.HostSettings;

/** Opens hosts on Netty: TCP, private networks, Noise, yamux, identify, ping. */
@Component(service = HostFactory.class)
public final class NettyHostFactory implements HostFactory {
    /** For {@link java.util.ServiceLoader} and OSGi. */
    public NettyHostFactory() {}

    @Override
    public Host open(HostSettings settings) throws IOException {
        return NettyHost.open(settings, Clock.systemUTC());
    }
}
