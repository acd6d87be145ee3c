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
package org.pinion.pintracker.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pinion.itests.testkit.fakes.TrackerFakes.everywhere;
import static org.pinion.itests.testkit.fakes.TrackerFakes.number;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pinion.itests.testkit.fakes.ManualExecutors;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.slf4j.LoggerFactory;

class IntakeTest {
    private final ManualExecutors executors = new ManualExecutors();
    private final List<String> seen = new ArrayList<>();
    private final Intake intake = new Intake(
            LoggerFactory.getLogger("test"), executors.lane("test", 1), this::take, () -> seen.add("missed"));

    private void take(Pin pin, boolean gone) {
        int number = number(pin.cid());
        if (number == 13) {
            throw new ClusterException(ErrorCode.UNAVAILABLE, "a change that fails on purpose");
        }
        if (number == 14) {
            throw new IllegalStateException("a change that fails on purpose, too");
        }
        seen.add(number + (gone ? "-" : "+"));
        if (number == 7) {
            intake.offer(everywhere(8), false);
        }
    }

    @Test
    void oneTaskTakesUpAllThatWaitsInOrder() {
        executors.pause();
        intake.offer(everywhere(1), false);
        intake.offer(everywhere(2), true);
        intake.offer(everywhere(1), true);
        executors.runOne();
        assertThat(seen).containsExactly("1+", "2-", "1-");
    }

    @Test
    void whatComesMeanwhileHasTheNextTurn() {
        executors.pause();
        intake.offer(everywhere(7), false);
        executors.runOne();
        assertThat(seen).containsExactly("7+");
        executors.runOne();
        assertThat(seen).containsExactly("7+", "8+");
    }

    @Test
    void aChangeThatFailsIsLookedUpAndHoldsUpNoOther() {
        executors.pause();
        IntStream.rangeClosed(12, 15).forEach(number -> intake.offer(everywhere(number), false));
        executors.run();
        assertThat(seen).containsExactly("12+", "15+", "missed");
    }

    @Test
    void changesThatDoNotFitAreLookedUpOnceWhenTheOthersWereTakenUp() {
        executors.pause();
        IntStream.range(0, Intake.MAX + 5).forEach(number -> intake.offer(everywhere(20 + number), false));
        assertThat(seen).isEmpty();
        executors.run();
        assertThat(seen).hasSize(Intake.MAX + 1).endsWith(20 + Intake.MAX - 1 + "+", "missed");
        seen.clear();
        intake.offer(everywhere(1), false);
        assertThat(seen).containsExactly("1+");
    }
}
