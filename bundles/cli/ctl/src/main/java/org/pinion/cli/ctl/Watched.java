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
package org.pinion.cli.ctl;

import java.io.FilterInputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.adder.AddSource;

/** A source that tells after every read, so that progress can be shown without a timer. */
final class Watched implements AddSource {
    private final AddSource source;
    private final Runnable afterRead;

    Watched(AddSource source, Runnable afterRead) {
        this.source = source;
        this.afterRead = afterRead;
    }

    @Override
    public @Nullable Entry next() throws IOException {
        Entry entry = source.next();
        if (entry == null) {
            return null;
        }
        FilterInputStream content = new FilterInputStream(entry.content()) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int size = super.read(target, offset, length);
                afterRead.run();
                return size;
            }
        };
        return new Entry(entry.path(), entry.kind(), content, entry.absolutePath());
    }
}
