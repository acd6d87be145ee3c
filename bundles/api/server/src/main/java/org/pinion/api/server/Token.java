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
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A JSON web token whose signature is an HMAC by the JDK. Token libraries refuse keys shorter than the digest, but here
 * the key is a user's password, as in the reference. Immutable.
 *
 * @spec RFC 7519; RFC 7515 "Compact Serialization"; RFC 7518 "HMAC with SHA-2 Functions"
 */
final class Token {
    private static final Map<String, String> ALGORITHMS =
            Map.of("HS256", "HmacSHA256", "HS384", "HmacSHA384", "HS512", "HmacSHA512");
    private static final String HEADER = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
    private static final int MAX_CHARS = 8192;
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final String algorithm;
    private final String signed;
    private final byte[] signature;
    private final Map<String, Object> claims;

    private Token(String algorithm, String signed, byte[] signature, Map<String, Object> claims) {
        this.algorithm = algorithm;
        this.signed = signed;
        this.signature = signature;
        this.claims = claims;
    }

    /**
     * Reads a token without believing it.
     *
     * @throws IllegalArgumentException if it is none, or has another kind of signature
     */
    static Token parse(String text) {
        if (text.length() > MAX_CHARS) {
            throw new IllegalArgumentException("it has more than " + MAX_CHARS + " characters");
        }
        String[] parts = text.split("\\.", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("it does not have three parts");
        }
        Map<String, Object> header = object(parts[0]);
        String algorithm = ALGORITHMS.get(String.valueOf(header.get("alg")));
        if (algorithm == null || header.containsKey("crit")) {
            throw new IllegalArgumentException("its signature is none of HS256, HS384, HS512");
        }
        return new Token(algorithm, parts[0] + "." + parts[1], decode(parts[2]), object(parts[1]));
    }

    /** Who says to have signed it; empty if nobody. */
    String issuer() {
        return claims.get("iss") instanceof String name ? name : "";
    }

    boolean isSignedWith(byte[] key) {
        return MessageDigest.isEqual(hmac(algorithm, signed, key), signature);
    }

    /**
     * Checks when it is valid.
     *
     * @throws IllegalArgumentException if it is not at {@code now}
     */
    void checkTimes(Instant now) {
        BigDecimal at = BigDecimal.valueOf(now.toEpochMilli()).movePointLeft(3);
        BigDecimal end = time("exp");
        if (end != null && at.compareTo(end) >= 0) {
            throw new IllegalArgumentException("it is expired");
        }
        for (String claim : new String[] {"nbf", "iat"}) {
            BigDecimal start = time(claim);
            if (start != null && at.compareTo(start) < 0) {
                throw new IllegalArgumentException("it is not valid yet");
            }
        }
    }

    private @Nullable BigDecimal time(String claim) {
        Object value = claims.get(claim);
        if (value != null && !(value instanceof BigDecimal)) {
            throw new IllegalArgumentException("its claim " + claim + " is not a number");
        }
        return (BigDecimal) value;
    }

    /** A token of the reference's form. */
    static String sign(String user, @Nullable Instant end, byte[] key) {
        String name = new String(JsonStringEncoder.getInstance().quoteAsString(user));
        String expiry = end == null ? "" : "\"exp\":" + end.getEpochSecond() + ",";
        String claims = "{" + expiry + "\"iss\":\"" + name + "\"}";
        String signed =
                encode(HEADER.getBytes(StandardCharsets.UTF_8)) + "." + encode(claims.getBytes(StandardCharsets.UTF_8));
        return signed + "." + encode(hmac("HmacSHA256", signed, key));
    }

    private static byte[] hmac(String algorithm, String text, byte[] key) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key, algorithm));
            return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] decode(String part) {
        if (part.indexOf('=') >= 0) {
            throw new IllegalArgumentException("a part is padded");
        }
        try {
            return Base64.getUrlDecoder().decode(part);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("a part is not base64url", e);
        }
    }

    /** The texts and numbers of an object; other values are skipped. */
    private static Map<String, Object> object(String part) {
        Map<String, Object> object = new HashMap<>();
        try (JsonParser parser = JSON.createParser(decode(part))) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("a part is not a JSON object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (value == JsonToken.VALUE_STRING) {
                    object.put(name, parser.getText());
                } else if (value.isNumeric()) {
                    object.put(name, parser.getDecimalValue());
                } else {
                    object.put(name, Boolean.FALSE);
                    parser.skipChildren();
                }
            }
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("a part holds more than a JSON object");
            }
            return object;
        } catch (IOException e) {
            throw new IllegalArgumentException("a part is not a JSON object", e);
        }
    }
}
