package dev.ktstr.processor.write;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void every_character_comes_back_from_a_reader_of_the_file() throws IOException {
        StringBuilder all = new StringBuilder();
        for (int c = 0; c <= Character.MAX_VALUE; c++) {
            all.append((char) c);
        }

        byte[] file = Json.write(Map.of("text", all.toString())).getBytes(StandardCharsets.UTF_8);

        assertThat(new ObjectMapper().readTree(file).get("text").asText()).isEqualTo(all.toString());
    }

    @Test
    void plain_members_share_a_line_and_others_get_their_own() {
        assertThat(Json.write(Map.of("a", List.of(List.of(1, true), Map.of(), List.of()))))
                .isEqualTo("{\n  \"a\": [\n    [1, true],\n    {},\n    []\n  ]\n}\n");
    }
}
