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
package org.pinion.ipld.multiformats;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.bouncycastle.crypto.digests.Blake2bDigest;
import org.bouncycastle.crypto.digests.Blake2sDigest;
import org.bouncycastle.crypto.digests.Blake3Digest;
import org.bouncycastle.crypto.digests.KeccakDigest;
import org.bouncycastle.crypto.digests.SHAKEDigest;

/**
 * Hash functions by their multihash name or code. Names are those of the multicodec table and read in any case.
 * Stateless; any thread.
 */
public final class Hashes {
    private static final Map<String, Function> BY_NAME = new TreeMap<>();
    private static final Map<Long, Function> BY_CODE = new HashMap<>();

    static {
        add("identity", Multihash.IDENTITY, IdentityHasher::new);
        addJdk("md5", 0xd5, "MD5");
        addJdk("sha1", Multihash.SHA1, "SHA-1");
        addJdk("sha2-224", 0x1013, "SHA-224");
        addJdk("sha2-256", Multihash.SHA2_256, "SHA-256");
        addJdk("sha2-384", 0x20, "SHA-384");
        addJdk("sha2-512", Multihash.SHA2_512, "SHA-512");
        addJdk("sha2-512-224", 0x1014, "SHA-512/224");
        addJdk("sha2-512-256", 0x1015, "SHA-512/256");
        addJdk("sha3-224", 0x17, "SHA3-224");
        addJdk("sha3-256", 0x16, "SHA3-256");
        addJdk("sha3-384", 0x15, "SHA3-384");
        addJdk("sha3-512", 0x14, "SHA3-512");
        BY_NAME.put("sha3", byCodeOrThrow(0x14));
        add("dbl-sha2-256", 0x56, () -> new JdkHasher(0x56, jdkDigest("SHA-256"), true));
        add("keccak-224", 0x1a, () -> new BouncyHasher(0x1a, new KeccakDigest(224)));
        add("keccak-256", 0x1b, () -> new BouncyHasher(0x1b, new KeccakDigest(256)));
        add("keccak-384", 0x1c, () -> new BouncyHasher(0x1c, new KeccakDigest(384)));
        add("keccak-512", 0x1d, () -> new BouncyHasher(0x1d, new KeccakDigest(512)));
        add("shake-128", 0x18, () -> new BouncyHasher(0x18, new SHAKEDigest(128)));
        add("shake-256", 0x19, () -> new BouncyHasher(0x19, new SHAKEDigest(256)));
        add("blake3", 0x1e, () -> new BouncyHasher(0x1e, new Blake3Digest(256)));
        for (int bytes = 1; bytes <= 64; bytes++) {
            int bits = bytes * 8;
            long code = 0xb200L + bytes;
            add("blake2b-" + bits, code, () -> new BouncyHasher(code, new Blake2bDigest(bits)));
        }
        for (int bytes = 1; bytes <= 32; bytes++) {
            int bits = bytes * 8;
            long code = 0xb240L + bytes;
            add("blake2s-" + bits, code, () -> new BouncyHasher(code, new Blake2sDigest(bits)));
        }
    }

    private Hashes() {}

    private record Function(String name, long code, Supplier<Hasher> hashers) {}

    /**
     * A new hasher.
     *
     * @throws IllegalArgumentException if the name is unknown
     */
    public static Hasher byName(String name) {
        Function function = BY_NAME.get(name.toLowerCase(Locale.ROOT));
        if (function == null) {
            throw new IllegalArgumentException("hash function name not known: \"" + name + "\"");
        }
        return function.hashers().get();
    }

    /**
     * A new hasher.
     *
     * @throws IllegalArgumentException if the code is unknown
     */
    public static Hasher byCode(long code) {
        return byCodeOrThrow(code).hashers().get();
    }

    /** The multihash of {@code data}. */
    public static Multihash sum(long code, byte[] data) {
        if (code == Multihash.SHA2_256) {
            return Multihash.sha256(data);
        }
        Hasher hasher = byCode(code);
        hasher.update(data);
        return hasher.digest();
    }

    /** The code of a function name, if it is known. */
    public static Optional<Long> code(String name) {
        return Optional.ofNullable(BY_NAME.get(name.toLowerCase(Locale.ROOT))).map(Function::code);
    }

    /** The name of a function code, if it is known. */
    public static Optional<String> name(long code) {
        return Optional.ofNullable(BY_CODE.get(code)).map(Function::name);
    }

    /** All names, in alphabetical order. */
    public static Set<String> names() {
        return Collections.unmodifiableSet(BY_NAME.keySet());
    }

    static MessageDigest jdkDigest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no " + algorithm, e);
        }
    }

    private static Function byCodeOrThrow(long code) {
        Function function = BY_CODE.get(code);
        if (function == null) {
            throw new IllegalArgumentException("hash function code not known: 0x" + Long.toHexString(code));
        }
        return function;
    }

    private static void addJdk(String name, long code, String algorithm) {
        add(name, code, () -> new JdkHasher(code, jdkDigest(algorithm), false));
    }

    private static void add(String name, long code, Supplier<Hasher> hashers) {
        Function function = new Function(name, code, hashers);
        BY_NAME.put(name, function);
        BY_CODE.put(code, function);
    }
}
