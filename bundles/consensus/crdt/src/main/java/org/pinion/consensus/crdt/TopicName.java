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
package org.pinion.consensus.crdt;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.pinion.ipld.multiformats.Multihash;

/** The name of the topic on which a cluster's peers announce heads. */
final class TopicName {
    private static final byte[] MD5_PREFIX = {(byte) 0xd5, 0x01, 0x10};

    private TopicName() {}

    /** Base58 of the MD5 multihash of the cluster's name. */
    static String of(String clusterName) {
        byte[] digest;
        try {
            digest = MessageDigest.getInstance("MD5").digest(clusterName.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
        byte[] multihash = new byte[MD5_PREFIX.length + digest.length];
        System.arraycopy(MD5_PREFIX, 0, multihash, 0, MD5_PREFIX.length);
        System.arraycopy(digest, 0, multihash, MD5_PREFIX.length, digest.length);
        return Multihash.ofBytes(multihash).base58();
    }
}
