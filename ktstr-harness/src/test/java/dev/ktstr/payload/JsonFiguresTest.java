package dev.ktstr.payload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonFiguresTest {
    private static final String FIO = """
            fio: file hash not empty on exit
            {
              "fio version" : "fio-3.33",
              "jobs" : [
                {
                  "jobname" : "a",
                  "error" : 0,
                  "read" : { "iops" : 1234.5, "clat_ns" : { "percentile" : { "99.000000" : 8000 } } }
                },
                { "error" : 3 }
              ],
              "ok" : true
            }
            Run status group 0 (all jobs):
            """;

    @Test
    void everyNumberHasThePathToIt() {
        JsonFigures read = JsonFigures.of(FIO);
        assertThat(read.problem()).isEmpty();
        assertThat(read.figures())
                .containsExactly(
                        Map.entry("jobs.0.error", 0.0),
                        Map.entry("jobs.0.read.iops", 1234.5),
                        Map.entry("jobs.0.read.clat_ns.percentile.99.000000", 8000.0),
                        Map.entry("jobs.1.error", 3.0));
    }

    @Test
    void aBannerInBracesIsPassedOver() {
        assertThat(JsonFigures.of("{starting}\n{\"a\": 1}\n").figures()).containsExactly(Map.entry("a", 1.0));
    }

    @Test
    void anObjectWithinABrokenOneIsNotTakenForTheFirst() {
        String cut = FIO.substring(0, FIO.indexOf("{ \"error\" : 3 }"));
        assertThat(JsonFigures.of(cut).figures()).isEmpty();
        assertThat(JsonFigures.of(cut).problem())
                .hasValueSatisfying(why -> assertThat(why).startsWith("the object that begins in line 2 is broken: "));
        JsonFigures notANumber = JsonFigures.of("{\n\"a\": nan,\n\"b\":\n{\"c\": 1}}\n");
        assertThat(notANumber.figures()).isEmpty();
        assertThat(notANumber.problem())
                .hasValueSatisfying(why -> assertThat(why).contains("line 1 is broken"));
    }

    @Test
    void outputWithoutJsonSaysSo() {
        assertThat(JsonFigures.of("").problem()).hasValue("no line begins with a JSON object");
        assertThat(JsonFigures.of("3 x {\"a\":1}\n").problem()).hasValue("no line begins with a JSON object");
        assertThat(JsonFigures.of("{}").problem()).isEmpty();
    }

    @Test
    void whatIsTooMuchIsLeftOutAndCounted() {
        StringBuilder many = new StringBuilder("{\"huge\": 1e999, \"a\": [");
        for (int i = 0; i < 10_100; i++) {
            many.append(i == 0 ? "" : ",").append(i);
        }
        JsonFigures read = JsonFigures.of(many.append("]}").toString());
        assertThat(read.figures()).hasSize(10_000);
        assertThat(read.problem()).hasValueSatisfying(why -> assertThat(why).startsWith("101 figures were left out"));
        assertThat(JsonFigures.of("{\"a\":".repeat(100_000)).problem())
                .hasValueSatisfying(why -> assertThat(why).contains("nesting depth"));
        assertThat(JsonFigures.of("{\"" + "x".repeat(1000) + "\": 1}").figures())
                .isEmpty();
    }

    @Test
    void noOutputBreaksTheReader() {
        Random random = new Random(7);
        for (int round = 0; round < 2_000; round++) {
            StringBuilder text = new StringBuilder(FIO);
            for (int edits = random.nextInt(8); edits >= 0; edits--) {
                int at = random.nextInt(text.length());
                text.replace(
                        at,
                        Math.min(text.length(), at + random.nextInt(4)),
                        "{}[]\",:\\\0é1-eE.\n".charAt(random.nextInt(16)) + "");
            }
            JsonFigures read = JsonFigures.of(text.toString());
            assertThat(read.figures().values()).allMatch(Double::isFinite);
            assertThat(read.figures().keySet()).allMatch(path -> path.length() <= 1024);
        }
    }
}
