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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.pinion.libp2p.api.ProtocolException;

/** Damages good messages in many ways; a decoder may refuse them in its own words and do nothing else. */
public final class Fuzz {
    private static final int ROUNDS = Boolean.getBoolean("pinion.long") ? 300_000 : 20_000;
    private static final long SEED = Boolean.getBoolean("pinion.long") ? System.nanoTime() : 20_261_122;
    private static final byte[][] LENGTHS = {
        {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f},
        {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f},
        {(byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80},
        {(byte) 0xff, 0x7f},
        {0}
    };

    /** What is fuzzed. */
    public interface Decoder {
        void decode(byte[] message) throws Exception;
    }

    private Fuzz() {}

    /** Bounded times one more try with damaged copies of the good messages. */
    public static void damage(List<byte[]> good, Decoder decoder) {
        Random random = new Random(SEED);
        for (int i = 0; i < ROUNDS; i++) {
            byte[] message = good.get(random.nextInt(good.size()));
            for (int times = random.nextInt(3); times >= 0; times--) {
                message = damaged(message, good, random);
            }
            tryOnce(message, decoder, i);
        }
    }

    private static void tryOnce(byte[] message, Decoder decoder, int round) {
        try {
            decoder.decode(message);
        } catch (IOException | GeneralSecurityException | ProtocolException e) {
            if (e.getMessage() == null) {
                throw new AssertionError(describe(message, round) + " was refused without a reason", e);
            }
        } catch (Exception | StackOverflowError | OutOfMemoryError e) {
            throw new AssertionError(describe(message, round), e);
        }
    }

    private static String describe(byte[] message, int round) {
        return "seed " + SEED + " round " + round + ": " + Vectors.hex(message);
    }

    private static byte[] damaged(byte[] message, List<byte[]> good, Random random) {
        int at = random.nextInt(message.length + 1);
        byte[] rest = Arrays.copyOfRange(message, at, message.length);
        byte[] start = Arrays.copyOf(message, at);
        return switch (random.nextInt(9)) {
            case 0 -> start;
            case 1 -> rest;
            case 2 -> join(start, random(1 + random.nextInt(40), random), rest);
            case 3 -> join(start, good.get(random.nextInt(good.size())), rest);
            case 4 -> join(start, LENGTHS[random.nextInt(LENGTHS.length)], rest);
            case 5 -> nested(message, random);
            case 6 -> random(random.nextInt(200), random);
            default -> flipped(message, random);
        };
    }

    private static byte[] nested(byte[] message, Random random) {
        byte[] all = message;
        for (int depth = random.nextInt(5); depth >= 0 && all.length < 4000; depth--) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write((1 + random.nextInt(8)) << 3 | 2);
            out.write(0x80 | (all.length & 0x7f));
            out.write(all.length >> 7);
            out.writeBytes(all);
            all = out.toByteArray();
        }
        return all;
    }

    private static byte[] flipped(byte[] message, Random random) {
        byte[] copy = message.clone();
        if (copy.length > 0) {
            copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return copy;
    }

    private static byte[] random(int length, Random random) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
