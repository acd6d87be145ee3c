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

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.pinion.spi.http.HttpSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Certificate and key of an API. Files that changed are read again before the next connection's handshake; when they
 * cannot be used, the last good pair stays and the reason is logged once. Any thread.
 */
final class ReloadingTls extends SslContextFactory.Server {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.api.server");
    private static final char[] PASSWORD = "only in memory".toCharArray();

    private final String api;
    private final HttpSettings.Tls files;
    private Stamp used;

    /**
     * Reads the files.
     *
     * @throws IOException if they cannot be used; the message names the file
     */
    ReloadingTls(String api, HttpSettings.Tls files) throws IOException {
        this.api = api;
        this.files = files;
        this.used = Stamp.of(files);
        setKeyStore(PemFiles.keyStore(files, PASSWORD));
        setKeyStorePassword(new String(PASSWORD));
        setIncludeProtocols("TLSv1.2", "TLSv1.3");
        setSniRequired(false);
    }

    @Override
    public SSLEngine newSSLEngine() {
        refresh();
        return super.newSSLEngine();
    }

    @Override
    public SSLEngine newSSLEngine(InetSocketAddress address) {
        refresh();
        return super.newSSLEngine(address);
    }

    private void refresh() {
        synchronized (files) {
            Stamp seen = Stamp.of(files);
            if (seen.equals(used)) {
                return;
            }
            used = seen;
            try {
                var store = PemFiles.keyStore(files, PASSWORD);
                reload(factory -> factory.setKeyStore(store));
                LOG.info("api={} TLS certificate read again from {}", api, files.certificate());
            } catch (Exception e) {
                LOG.error("api={} keeps its TLS certificate, the new files cannot be used: {}", api, e.getMessage());
            }
        }
    }

    /** What tells that a file was changed. */
    private record Stamp(FileTime certificate, long certificateBytes, FileTime key, long keyBytes) {
        static Stamp of(HttpSettings.Tls files) {
            return new Stamp(
                    time(files.certificate()), size(files.certificate()), time(files.key()), size(files.key()));
        }

        private static FileTime time(Path file) {
            try {
                return Files.getLastModifiedTime(file);
            } catch (IOException absent) {
                return FileTime.fromMillis(0);
            }
        }

        private static long size(Path file) {
            try {
                return Files.size(file);
            } catch (IOException absent) {
                return -1;
            }
        }
    }
}
