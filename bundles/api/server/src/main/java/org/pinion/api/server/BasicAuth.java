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

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Checks HTTP basic authentication in constant time. Immutable; any thread. */
final class BasicAuth {
    static final String REALM = "Restricted IPFS Cluster API";

    private static final byte[] NOBODY = new byte[32];

    private final Map<String, byte[]> users = new LinkedHashMap<>();
    private final boolean wanted;

    BasicAuth(Map<String, String> credentials) {
        this.wanted = !credentials.isEmpty();
        // an empty user or password never passes, even when configured
        credentials.forEach((user, password) -> {
            if (!user.isEmpty() && !password.isEmpty()) {
                users.put(user, sha256(password));
            }
        });
    }

    /** Whether requests need credentials at all. */
    boolean isWanted() {
        return wanted;
    }

    /** Whether an {@code Authorization} header names a user with the right password. */
    boolean accepts(Optional<String> header) {
        String text = header.orElse("");
        if (!text.regionMatches(true, 0, "Basic ", 0, 6)) {
            return false;
        }
        String pair;
        try {
            pair = new String(Base64.getDecoder().decode(text.substring(6).strip()), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
        int colon = pair.indexOf(':');
        if (colon < 0) {
            return false;
        }
        byte[] given = sha256(pair.substring(colon + 1));
        // compares also for unknown users, so that the time tells nothing
        byte[] known = users.getOrDefault(pair.substring(0, colon), NOBODY);
        return MessageDigest.isEqual(given, known);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
