package dev.ktstr.vm.symbols;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Symbols from both sources, good and damaged. */
class SymbolsTest {
    private static SymbolTable kallsyms(String text) {
        return Kallsyms.parse(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void kallsymsGiveNamesAndAddressesButNotThoseOfModules() {
        SymbolTable table = kallsyms("""
                ffffffff81000000 T _text
                ffffffff81000100 t twice
                ffffffff81000200 t twice
                000000000002e440 D runqueues
                ffffffffc0000000 t mod_init\t[mod]
                """);
        assertThat(table.size()).isEqualTo(4);
        assertThat(table.address("twice")).isEqualTo(0xffffffff81000100L);
        assertThat(table.find("mod_init")).isEmpty();
        assertThat(table.at(0xffffffff81000104L)).hasToString("Optional[twice+0x4]");
        assertThat(table.at(0xffffffffffffffffL).orElseThrow().name()).isEqualTo("twice");
        assertThat(table.at(0)).isEmpty();
        assertThatThrownBy(() -> table.address("runqueue"))
                .isInstanceOf(SymbolException.class)
                .hasMessageContaining("did you mean 'runqueues'");
    }

    @Test
    void damagedAndHiddenKallsymsAreRefused() {
        for (String bad : new String[] {"nonsense\n", "12345678123456789 T x\n", "ff T\n", "ff T \n", "ffTx\n"}) {
            assertThatThrownBy(() -> kallsyms(bad)).as(bad).hasMessageContaining("line 1 of kallsyms");
        }
        assertThatThrownBy(() -> kallsyms("0000000000000000 T _text\n")).hasMessageContaining("kptr_restrict");
        assertThatThrownBy(() -> kallsyms("")).isInstanceOf(SymbolException.class);
    }

    @Test
    void theSymbolTableOfAnElfFileIsRead() throws IOException {
        SymbolTable table = ElfSymbols.read(Path.of("target/micro.elf"));
        assertThat(table.address("start")).isEqualTo(0x100000);
    }

    @Test
    void whateverAnElfFileClaimsItIsReadOrRefused(@TempDir Path temp) throws IOException {
        byte[] good = Files.readAllBytes(Path.of("target/micro.elf"));
        Path file = temp.resolve("elf");
        assertThatThrownBy(() -> ElfSymbols.read(Files.write(file, Arrays.copyOf(good, 40))))
                .isInstanceOf(SymbolException.class)
                .hasMessageContaining("cut off");
        Random random = new Random(42);
        for (int round = 0; round < 500; round++) {
            byte[] bytes = good.clone();
            for (int i = 0; i < 8; i++) {
                // Mostly where headers are: the first bytes and the last.
                int at = random.nextBoolean() ? random.nextInt(64) : good.length - 1 - random.nextInt(64 * 8);
                bytes[at] = (byte) random.nextInt();
            }
            Files.write(file, bytes);
            try {
                ElfSymbols.read(file);
            } catch (SymbolException refused) {
                assertThat(refused).hasMessageContaining(file.toString());
            }
        }
    }
}
