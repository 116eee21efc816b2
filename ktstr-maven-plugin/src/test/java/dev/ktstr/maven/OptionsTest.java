package dev.ktstr.maven;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class OptionsTest {
    @Test
    void theCommandLineIsAboveTheEnvironmentAboveThePomAboveTheDefault() {
        Properties commandLine = new Properties();
        commandLine.setProperty("ktstr.suite", "a");
        Map<String, String> environment = Map.of("KTSTR_SUITE", "b");

        assertThat(new Options(commandLine, environment).text("suite", "c", "d"))
                .isEqualTo("a");
        assertThat(new Options(new Properties(), environment).text("suite", "c", "d"))
                .isEqualTo("b");
        assertThat(new Options(new Properties(), Map.of()).text("suite", "c", "d"))
                .isEqualTo("c");
        assertThat(new Options(new Properties(), Map.of()).text("suite", null, "d"))
                .isEqualTo("d");
    }

    @Test
    void aDotIsAnUnderscoreInTheEnvironment() {
        assertThat(new Options(new Properties(), Map.of("KTSTR_KCONFIG_BASE", "b")).text("kconfig.base", "c", "d"))
                .isEqualTo("b");
    }

    @Test
    void aSwitchIsOnWhenItIsGivenWithoutAValue() {
        Properties commandLine = new Properties();
        commandLine.setProperty("ktstr.force", "true"); // what Maven makes of -Dktstr.force

        assertThat(new Options(commandLine, Map.of()).flag("force", null)).isTrue();
        assertThat(new Options(new Properties(), Map.of()).flag("force", null)).isFalse();
        assertThat(new Options(new Properties(), Map.of()).flag("force", "true"))
                .isTrue();
    }
}
