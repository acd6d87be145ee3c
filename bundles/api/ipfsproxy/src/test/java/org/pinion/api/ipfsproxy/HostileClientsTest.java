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
package org.pinion.api.ipfsproxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that mean one thing to a proxy and another one to who is behind it. */
@Timeout(60)
class HostileClientsTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private FakeKubo kubo;
    private RunningProxy proxy;

    @BeforeEach
    void open() {
        kubo = new FakeKubo((head, in, socket) -> FakeKubo.write(socket, OK));
        proxy = new RunningProxy(kubo.port());
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        kubo.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "two lengths|POST /x HTTP/1.1~Host: x~Content-Length: 2~Content-Length: 3~~abc",
                "length and chunks|POST /x HTTP/1.1~Host: x~Content-Length: 3~Transfer-Encoding: chunked~~0~~",
                "chunks and length|POST /x HTTP/1.1~Host: x~Transfer-Encoding: chunked~Content-Length: 3~~0~~",
                "a list of lengths|POST /x HTTP/1.1~Host: x~Content-Length: 3, 4~~abcd",
                "a negative length|POST /x HTTP/1.1~Host: x~Content-Length: -1~~",
                "a signed length|POST /x HTTP/1.1~Host: x~Content-Length: +3~~abc",
                "an endless length|POST /x HTTP/1.1~Host: x~Content-Length: 99999999999999999999~~",
                "an unknown encoding|POST /x HTTP/1.1~Host: x~Transfer-Encoding: xchunked~~",
                "chunks that are not last|POST /x HTTP/1.1~Host: x~Transfer-Encoding: chunked, gzip~~",
                "a blank before the colon|POST /x HTTP/1.1~Host: x~Content-Length : 3~~abc",
                "a folded header|POST /x HTTP/1.1~Host: x~A: b~ c~~",
                "no host|POST /x HTTP/1.1~~",
                "two hosts|POST /x HTTP/1.1~Host: x~Host: y~~",
                "a header without a name|POST /x HTTP/1.1~Host: x~: b~~",
                "an upgrade that is none|POST /x HTTP/1.1~Host: x~Upgrade: h2c~~",
                "not HTTP|hello~~"
            })
    void refusesWhatCanBeUnderstoodInTwoWays(String what, String request) throws IOException {
        String answer = proxy.raw(request.replace("~", "\r\n"));
        assertThat(answer).as(what).startsWith("HTTP/1.1 400 ");
        assertThat(kubo.heads).as(what).isEmpty();
    }

    @Test
    void refusesLargeHeaders() throws IOException {
        assertThat(proxy.ask("POST", "/x", "A: " + "b".repeat(8192))).startsWith("HTTP/1.1 431 ");
        assertThat(proxy.ask("POST", "/" + "b".repeat(8192))).startsWith("HTTP/1.1 431 ");
        String[] many = new String[2000];
        java.util.Arrays.fill(many, "A: b");
        assertThat(proxy.ask("POST", "/x", many)).startsWith("HTTP/1.1 431 ");
        assertThat(kubo.heads).isEmpty();
        assertThat(proxy.ask("POST", "/x", "A: " + "b".repeat(2048))).endsWith("ok");
    }

    @Test
    void keepsConnectAndTraceToItself() throws IOException {
        assertThat(proxy.ask("TRACE", "/x"))
                .startsWith("HTTP/1.1 405 ")
                .contains("{\"Message\":\"TRACE /x is not passed on to the IPFS node\"");
        assertThat(proxy.raw("CONNECT other:80 HTTP/1.1\r\nHost: other:80\r\n\r\n"))
                .startsWith("HTTP/1.1 40");
        assertThat(kubo.heads).isEmpty();
    }

    @Test
    void anAbsoluteTargetStillGoesToTheNode() throws Exception {
        assertThat(proxy.raw("POST http://other.example/api/v0/id?a=b HTTP/1.1\r\nHost: other.example\r\n"
                        + "Connection: close\r\n\r\n"))
                .endsWith("ok");
        assertThat(kubo.heads.take()).startsWith("POST /api/v0/id?a=b HTTP/1.1\r\n");
    }

    @Test
    void aTargetThatLooksLikeAHostIsSentBackCleaned() throws IOException {
        assertThat(proxy.ask("GET", "//other.example/x?y"))
                .startsWith("HTTP/1.1 301 ")
                .contains("\r\nLocation: /other.example/x?y\r\n");
        assertThat(kubo.heads).isEmpty();
    }

    @Test
    void anUpgradeIsAnsweredAsAPlainRequest() throws Exception {
        assertThat(proxy.raw("POST /x HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\n"
                        + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"))
                .endsWith("ok");
        assertThat(kubo.heads.take().toLowerCase(java.util.Locale.ROOT)).doesNotContain("upgrade", "http2-settings");
    }

    @Test
    void headersThatTheConnectionNamesStayBehindButNeverTheHost() throws Exception {
        assertThat(proxy.ask("POST", "/x", "Connection: X-Secret, Host", "X-Secret: 1", "X-Open: 1"))
                .endsWith("ok");
        assertThat(kubo.heads.take().toLowerCase(java.util.Locale.ROOT))
                .contains("\r\nhost: app.example\r\n", "\r\nx-open: 1\r\n")
                .doesNotContain("x-secret");
    }
}
