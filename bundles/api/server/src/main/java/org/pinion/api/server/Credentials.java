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
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks an {@code Authorization} header: HTTP basic authentication, or a bearer token signed with a user's password.
 * All comparisons take the same time for right and wrong secrets and for unknown users. Immutable; any thread.
 */
final class Credentials {
    private static final String BASIC = "Basic ";
    private static final String BEARER = "Bearer ";
    private static final String REALM = "realm=\"Restricted IPFS Cluster API\"";

    private final Map<String, byte[]> digests = new LinkedHashMap<>();
    private final Map<String, byte[]> keys = new LinkedHashMap<>();
    private final byte[] nobody = new byte[32];
    private final boolean wanted;
    private final InstantSource clock;

    Credentials(Map<String, String> users, InstantSource clock) {
        this.wanted = !users.isEmpty();
        this.clock = clock;
        new SecureRandom().nextBytes(nobody);
        // an empty user or password never passes, even when configured
        users.forEach((user, password) -> {
            if (!user.isEmpty() && !password.isEmpty()) {
                digests.put(user, sha256(password));
                keys.put(user, password.getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    /** Whether requests need credentials at all. */
    boolean areWanted() {
        return wanted;
    }

    /**
     * Who asks.
     *
     * @param user the user; null = refused
     * @param message why it is refused, for the answer's body
     * @param challenges values of {@code WWW-Authenticate}
     */
    record Outcome(@Nullable String user, String message, List<String> challenges) {
        private static Outcome accepted(String user) {
            return new Outcome(user, "", List.of());
        }
    }

    /** Checks a header. */
    Outcome check(Optional<String> header) {
        String text = header.orElse("");
        if (text.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            String user = basic(text.substring(BASIC.length()).strip());
            return user == null
                    ? new Outcome(null, "unauthorized: wrong user or password", List.of(BASIC + REALM))
                    : Outcome.accepted(user);
        }
        if (text.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return bearer(text.substring(BEARER.length()).strip());
        }
        return new Outcome(null, "unauthorized: access denied", List.of(BEARER + REALM, BASIC + REALM));
    }

    private @Nullable String basic(String base64) {
        String pair;
        try {
            pair = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notBase64) {
            return null;
        }
        int colon = pair.indexOf(':');
        if (colon < 0) {
            return null;
        }
        String user = pair.substring(0, colon);
        byte[] given = sha256(pair.substring(colon + 1));
        // compares also for unknown users, so that the time tells nothing
        return MessageDigest.isEqual(given, digests.getOrDefault(user, nobody)) ? user : null;
    }

    private Outcome bearer(String text) {
        try {
            Token token = Token.parse(text);
            boolean genuine = token.isSignedWith(keys.getOrDefault(token.issuer(), nobody));
            if (!genuine) {
                throw new IllegalArgumentException("its signature is not that of a known user");
            }
            token.checkTimes(clock.instant());
            return Outcome.accepted(token.issuer());
        } catch (IllegalArgumentException e) {
            return new Outcome(
                    null,
                    "unauthorized: token is refused: " + e.getMessage(),
                    List.of(BEARER + REALM + ", error=\"invalid_token\""));
        }
    }

    /** A token for a user who is known. */
    String token(String user, @Nullable Duration lifetime) {
        byte[] key = keys.get(user);
        if (key == null) {
            throw new IllegalArgumentException("no such user");
        }
        return Token.sign(user, lifetime == null ? null : clock.instant().plus(lifetime), key);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
