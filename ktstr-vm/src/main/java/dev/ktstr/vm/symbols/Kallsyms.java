package dev.ktstr.vm.symbols;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the text of {@code /proc/kallsyms}: address, type, name, and for a module's symbol a tab and the module. */
public final class Kallsyms {
    private static final int MAX_SYMBOLS = 4 << 20;

    private Kallsyms() {}

    /**
     * Reads the kernel's own symbols; those of modules and BPF programs come and go, and are left out.
     *
     * @throws SymbolException when a line is no symbol, or all addresses are zero, as they are for those who may not see
     *     them
     */
    public static SymbolTable parse(byte[] text) {
        List<SymbolTable.Symbol> symbols = new ArrayList<>();
        long all = 0;
        int line = 1;
        for (int start = 0; start < text.length; line++) {
            int end = start;
            while (end < text.length && text[end] != '\n') {
                end++;
            }
            SymbolTable.Symbol symbol = symbol(text, start, end, line);
            if (symbol != null) {
                all |= symbol.address();
                symbols.add(symbol);
                if (symbols.size() > MAX_SYMBOLS) {
                    throw new SymbolException("kallsyms has more than " + MAX_SYMBOLS + " symbols");
                }
            }
            start = end + 1;
        }
        if (all == 0) {
            throw new SymbolException("kallsyms shows no address; read it as root, with kernel.kptr_restrict=0");
        }
        return new SymbolTable(symbols);
    }

    private static SymbolTable.@Nullable Symbol symbol(byte[] text, int start, int end, int line) {
        int digits = 0;
        long address = 0;
        while (start + digits < end && digits <= 16 && Character.digit(text[start + digits], 16) >= 0) {
            address = address << 4 | Character.digit(text[start + digits], 16);
            digits++;
        }
        int name = start + digits + 3;
        if (digits == 0 || digits > 16 || name >= end || text[name - 1] != ' ' || text[name - 3] != ' ') {
            throw new SymbolException("line " + line + " of kallsyms is no symbol: '"
                    + new String(text, start, Math.min(end - start, 60), StandardCharsets.ISO_8859_1) + "'");
        }
        for (int i = name; i < end; i++) {
            if (text[i] == '\t') {
                return null;
            }
        }
        return new SymbolTable.Symbol(new String(text, name, end - name, StandardCharsets.UTF_8), address);
    }
}
