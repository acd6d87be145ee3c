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
package org.pinion.libp2p.host.autonat;

import org.pinion.libp2p.api.Reachability;

/**
 * What is believed about our being reachable, and how firmly. Good news is believed at once, bad news when it
 * outweighs what was heard before. Pure.
 *
 * @param reachability what is believed
 * @param confidence 0 to 3: answers that have confirmed it
 */
record Opinion(Reachability reachability, int confidence) {
    static final Opinion NONE = new Opinion(Reachability.UNKNOWN, 0);
    private static final int MAX_CONFIDENCE = 3;

    /** After one more answer; UNKNOWN stands for one that says nothing. */
    Opinion after(Reachability heard) {
        if (heard == reachability && heard != Reachability.UNKNOWN) {
            return new Opinion(reachability, Math.min(MAX_CONFIDENCE, confidence + 1));
        }
        if (heard == Reachability.PUBLIC || confidence == 0) {
            return new Opinion(heard, 0);
        }
        return new Opinion(reachability, confidence - 1);
    }

    /** True if nobody needs to be asked for a while. */
    boolean isFirm() {
        return reachability != Reachability.UNKNOWN && confidence == MAX_CONFIDENCE;
    }
}
