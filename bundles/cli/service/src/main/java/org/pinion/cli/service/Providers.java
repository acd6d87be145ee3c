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
package org.pinion.cli.service;

import java.util.ServiceLoader;
import java.util.function.Predicate;
import org.pinion.spi.config.ConfigFiles;

/** Finds providers on the plain class path. */
final class Providers {
    private Providers() {}

    static ConfigFiles configFiles() {
        return one(ConfigFiles.class, provider -> true, "");
    }

    /**
     * The first provider that fits.
     *
     * @param which what is wanted, for the message
     */
    static <T> T one(Class<T> type, Predicate<T> fits, String which) {
        for (T provider : ServiceLoader.load(type)) {
            if (fits.test(provider)) {
                return provider;
            }
        }
        throw new CommandFailed("loading programs: no " + type.getSimpleName() + (which.isEmpty() ? "" : " " + which)
                + " in this distribution");
    }
}
