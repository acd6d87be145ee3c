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
package org.pinion.api.server;

import com.fasterxml.jackson.core.JsonFactory;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.config.PeerFolder;
import org.pinion.spi.config.Secrets;
import org.pinion.spi.http.HttpSettings;
import org.pinion.spi.http.HttpSettingsReader;

/** Reads the listener settings of an API's section. Any thread. */
@Component(name = "org.pinion.api.server.sections", configurationPolicy = ConfigurationPolicy.IGNORE)
public final class SectionReader implements HttpSettingsReader {
    final int MIN_HEADER_BYTES = 4096;
    final JsonFactory JSON = new JsonFactory();

    private final Secrets secrets;
    private final PeerFolder folder;

    /** Credentials and keys come from {@code secrets}; relative paths begin in the peer's folder. */
    @Activate
    public SectionReader(@Reference Secrets secrets, @Reference PeerFolder folder) {
        this.secrets = secrets;
        this.folder = folder;
    }

    @Override
    public HttpSettings read(String pid, Map<String, ?> section, Multiaddr defaultListen) {
        ApiSection read = new ApiSection(pid.substring(pid.lastIndexOf('.') + 1), section, folder.root());
        return read.settings(
                defaultListen, secrets.value(pid, "basic_auth_credentials"), secrets.value(pid, "private_key"));
    }
}
