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

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T14:30:00Z");
    private static final String BEARER_ONLY = "Bearer realm=\"Restricted IPFS Cluster API\", error=\"invalid_token\"";

    private final Credentials credentials =
            new Credentials(Map.of("me", "secret", "open", "", "", "x"), InstantSource.fixed(NOW));

    private Credentials.Outcome bearer(String token) {
        return credentials.check(Optional.of("Bearer " + token));
    }

    private static String part(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String token(String header, String claims, String algorithm, String key) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), algorithm));
            String signed = part(header) + "." + part(claims);
            byte[] signature = mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String token(String claims) {
        return token("{\"alg\":\"HS256\"}", claims, "HmacSHA256", "secret");
    }

    @Test
    void makesTheTokenThatTheReferenceMakes() {
        String token = credentials.token("me", null);
        assertThat(token)
                .isEqualTo("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJtZSJ9."
                        + "tY5UTzGBi-lx3tE-p_ZIBnGQOEy03LMR98dXC-k32Kk");
        assertThat(bearer(token).user()).isEqualTo("me");
        assertThat(credentials.check(Optional.of("bEARER  " + token)).user()).isEqualTo("me");
    }

    @Test
    void acceptsAllThreeDigests() {
        for (String bits : new String[] {"256", "384", "512"}) {
            String token = token("{\"alg\":\"HS" + bits + "\"}", "{\"iss\":\"me\"}", "HmacSHA" + bits, "secret");
            assertThat(bearer(token).user()).isEqualTo("me");
        }
    }

    @Test
    void aTokenWithALifetimeEndsWithIt() {
        assertThat(bearer(credentials.token("me", Duration.ofSeconds(1))).user())
                .isEqualTo("me");
        assertThat(bearer(credentials.token("me", Duration.ZERO)).message()).contains("expired");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"iss\":\"me\",\"exp\":1795357799}",
                "{\"iss\":\"me\",\"exp\":1.5e2}",
                "{\"iss\":\"me\",\"exp\":\"1895357799\"}",
                "{\"iss\":\"me\",\"nbf\":1895357799}",
                "{\"iss\":\"me\",\"iat\":1895357799.5}",
                "{\"iss\":\"me\",\"iat\":1e999999999}",
                "{\"iss\":\"you\"}",
                "{\"iss\":\"me\",\"iss\":\"me\"}",
                "{\"iss\":[\"me\"]}",
                "{\"iss\":\"me\"} {}",
                "[\"me\"]",
                "{}",
                "",
            })
    void refusesClaimsThatDoNotHold(String claims) {
        Credentials.Outcome outcome = bearer(token(claims));
        assertThat(outcome.user()).isNull();
        assertThat(outcome.message()).startsWith("unauthorized");
        assertThat(outcome.challenges()).containsExactly(BEARER_ONLY);
    }

    @Test
    void acceptsTimesThatHold() {
        assertThat(bearer(token("{\"iss\":\"me\",\"exp\":1795357801,\"nbf\":1795357800,\"iat\":0,\"x\":{\"y\":[1]}}"))
                        .user())
                .isEqualTo("me");
    }

    @Test
    void refusesForgedTokens() {
        String none = part("{\"alg\":\"none\"}") + "." + part("{\"iss\":\"me\"}") + ".";
        String good = credentials.token("me", null);
        for (String forged : new String[] {
            none,
            none.substring(0, none.length() - 1),
            "",
            "a.b.c",
            "....",
            good + "=",
            good + "A",
            good.substring(0, good.length() - 1),
            " " + good + " " + good,
            token("{\"alg\":\"RS256\"}", "{\"iss\":\"me\"}", "HmacSHA256", "secret"),
            token("{\"alg\":\"HS512\"}", "{\"iss\":\"me\"}", "HmacSHA256", "secret"),
            token("{\"alg\":\"HS256\",\"crit\":[\"x\"]}", "{\"iss\":\"me\"}", "HmacSHA256", "secret"),
            token("{\"alg\":\"HS256\"}", "{\"iss\":\"me\"}", "HmacSHA256", "Secret"),
            // a user with an empty password would accept tokens that anybody can sign
            token("{\"alg\":\"HS256\"}", "{\"iss\":\"open\"}", "HmacSHA256", "\0"),
            "x".repeat(9000),
        }) {
            assertThat(bearer(forged).user()).as(forged).isNull();
        }
    }

    @Test
    void emptyUsersAndPasswordsNeverPass() {
        for (String pair : new String[] {"open:", ":x", ":", "me:", "me", "me:secret2", "nobody:secret"}) {
            String base64 = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
            assertThat(credentials.check(Optional.of("Basic " + base64)).user())
                    .as(pair)
                    .isNull();
        }
    }

    @Test
    void asksForBothKindsWhenNothingWasSent() {
        assertThat(credentials.check(Optional.empty()).challenges())
                .containsExactly(
                        "Bearer realm=\"Restricted IPFS Cluster API\"", "Basic realm=\"Restricted IPFS Cluster API\"");
        assertThat(credentials.check(Optional.of("Digest x")).user()).isNull();
    }
}
