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
package org.pinion.api.kuborpc;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.pinion.ipld.dag.unixfs.UnixFsReader;
import org.pinion.ipld.multiformats.Cid;

/** The page that shows a directory without an {@code index.html}. */
final class ListingPage {
    private ListingPage() {}

    /** Writes the page row by row. */
    static void write(String path, Cid cid, boolean hasParent, UnixFsReader reader, OutputStream out)
            throws IOException {
        String title = escaped(path);
        text(
                out,
                "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>" + title + "</title>\n"
                        + "<style>body{font-family:sans-serif;margin:2em}td{padding:.1em 1em .1em 0}</style></head>\n"
                        + "<body><h1>" + title + "</h1>\n<p>" + cid + "</p>\n<table>\n");
        if (hasParent) {
            text(out, "<tr><td><a href=\"..\">..</a></td><td></td><td></td></tr>\n");
        }
        reader.forEachEntry(cid, entry -> {
            String link = "./"
                    + URLEncoder.encode(entry.name(), StandardCharsets.UTF_8).replace("+", "%20");
            text(
                    out,
                    "<tr><td><a href=\"" + link + "\">" + escaped(entry.name()) + "</a></td><td>"
                            + entry.cumulativeBytes() + "</td><td>" + entry.cid() + "</td></tr>\n");
        });
        text(out, "</table>\n</body>\n</html>\n");
    }

    private static void text(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
