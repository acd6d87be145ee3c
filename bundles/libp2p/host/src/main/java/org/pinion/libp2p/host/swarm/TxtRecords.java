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
package org.pinion.libp2p.host.swarm;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.regex.Pattern;
import javax.naming.Context;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;

/** Looks up TXT records of the DNS; blocks. */
interface TxtRecords {
    /** The texts of a name, at most {@link #MAX_RECORDS}; empty when it has none. */
    List<String> of(String name) throws IOException;

    /** Records taken of one name. */
    int MAX_RECORDS = 128;

    /** The name servers of the system. */
    static TxtRecords ofSystem() {
        return at("dns:");
    }

    /** Name servers by URL; {@code dns:} means those of the system. */
    static TxtRecords at(String url) {
        return name -> lookUp(url, name);
    }

    /**
     * Half a second for the first try, one for the second. Only the DNS provider is ever asked, and a name holds no colon,
     * so that it cannot lead to another provider.
     */
    @SuppressWarnings("BanJNDI")
    private static List<String> lookUp(String url, String name) throws IOException {
        if (name.length() > 253 || !Pattern.matches("[A-Za-z0-9_.-]+", name)) {
            throw new IOException("not a name of the DNS: " + name);
        }
        Hashtable<String, String> settings = new Hashtable<>();
        settings.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
        settings.put(Context.PROVIDER_URL, url);
        settings.put("com.sun.jndi.dns.timeout.initial", "500");
        settings.put("com.sun.jndi.dns.timeout.retries", "2");
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // the factory belongs to the platform, and a bundle does not see it
        thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
        try {
            InitialDirContext context = new InitialDirContext(settings);
            try {
                Attribute records =
                        context.getAttributes(name, new String[] {"TXT"}).get("TXT");
                return records == null ? List.of() : texts(records);
            } finally {
                context.close();
            }
        } catch (NamingException e) {
            throw new IOException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static List<String> texts(Attribute records) throws NamingException {
        List<String> texts = new ArrayList<>();
        NamingEnumeration<?> all = records.getAll();
        while (all.hasMore() && texts.size() < MAX_RECORDS) {
            texts.add(String.valueOf(all.next()));
        }
        return texts;
    }
}
