package dev.ktstr.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionNamesTest {
    @Test
    void aNameThatIsNearlyAnOptionIsToldWithTheOption() {
        assertThat(OptionNames.misspelt(
                        List.of("ktstr.kernal", "ktstr.maxOverCommit", "ktstr.kernel", "java.home"),
                        List.of("KTSTR_BACKED", "KTSTR_CACHEDIR", "KTSTR_CACHE_DIR", "PATH")))
                .containsExactly(
                        "-Dktstr.kernal is no option; did you mean -Dktstr.kernel?",
                        "-Dktstr.maxOverCommit is no option; did you mean -Dktstr.maxOvercommit?",
                        "KTSTR_BACKED is no option; did you mean KTSTR_BACKEND?",
                        "KTSTR_CACHEDIR is no option; did you mean KTSTR_CACHE_DIR?");
    }

    @Test
    void everyOptionIsKnownAndAProjectsOwnNamesAreItsOwnBusiness() {
        assertThat(OptionNames.misspelt(
                        OptionNames.ALL.stream().map(name -> "ktstr." + name).toList(),
                        OptionNames.ALL.stream()
                                .map(name -> "KTSTR_" + Options.environmentName(name))
                                .toList()))
                .isEmpty();
        assertThat(OptionNames.misspelt(
                        List.of("ktstr.scheduler.bin.scx_mine", "ktstr.our-own-thing", "ktstr.version"), List.of()))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"true,true", "ON,true", "yes,true", "1,true", "false,false", "off,false", "No,false", "0,false"})
    void aSwitchTakesTheUsualWords(String text, boolean on) {
        Options options = new Options(Map.of("ktstr.monitor", text)::get, name -> null);
        assertThat(options.on("monitor", !on)).isEqualTo(on);
    }

    @Test
    void aSwitchThatIsNeitherOnNorOffIsRefused() {
        Options options = new Options(Map.of("ktstr.monitor", "flase")::get, name -> null);
        assertThatExceptionOfType(RunException.class)
                .isThrownBy(() -> options.on("monitor", true))
                .withMessageContaining("-Dktstr.monitor=flase is a switch: true or false.");
        assertThat(options.on("kaslr")).isFalse();
        assertThat(options.on("kaslr", true)).isTrue();
    }
}
