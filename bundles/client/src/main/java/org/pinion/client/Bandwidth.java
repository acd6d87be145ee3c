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
package org.pinion.client;

/**
 * What went over one protocol.
 *
 * @param totalIn bytes received so far
 * @param totalOut bytes sent so far
 * @param rateIn bytes received per second, of late
 * @param rateOut bytes sent per second, of late
 */
public record Bandwidth(long totalIn, long totalOut, double rateIn, double rateOut) {}
