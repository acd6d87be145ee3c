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
package org.pinion.config;

import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;

/** Ends the process with a failure: what started the framework reads the code and exits with it. */
final class FrameworkStop {
    /** System property with the exit code of the process. */
    static final String EXIT_CODE = "pinion.exit.code";

    private FrameworkStop() {}

    /** Starts to stop the framework and returns at once. Any thread. */
    static void failed(BundleContext context, Events events) {
        System.setProperty(EXIT_CODE, "1");
        try {
            context.getBundle(Constants.SYSTEM_BUNDLE_ID).stop();
        } catch (BundleException e) {
            events.broken("stopping the framework", e);
        }
    }
}
