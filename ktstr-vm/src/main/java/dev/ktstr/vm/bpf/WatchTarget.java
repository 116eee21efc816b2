package dev.ktstr.vm.bpf;

import dev.ktstr.vm.btf.Btf;
import dev.ktstr.vm.btf.BtfException;
import dev.ktstr.vm.btf.BtfField;
import dev.ktstr.vm.btf.BtfKind;
import dev.ktstr.vm.btf.BtfType;
import dev.ktstr.vm.btf.Similar;
import dev.ktstr.vm.kernel.KernelAccessException;
import dev.ktstr.vm.kernel.KernelMemory;
import dev.ktstr.vm.kernel.KernelStructs;
import dev.ktstr.vm.symbols.SymbolException;
import dev.ktstr.vm.symbols.SymbolTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a name's bytes lie, for a hardware watchpoint.
 *
 * @param name as it was asked for
 * @param place what it was found as: {@code scx_ktst.bss/nr_stalled}, {@code vmlinux/panic_timeout}
 * @param address virtual, in the kernel
 * @param length 1, 2, 4 or 8, and the address is a multiple of it
 */
public record WatchTarget(String name, String place, long address, int length) {
    private static final String KERNEL = "vmlinux/";
    private static final Pattern PER_CPU = Pattern.compile("(.+)@(\\d{1,4})");

    /**
     * Finds the bytes of a name: a global variable of a loaded BPF program, or a part of one ({@code stats.local[2]}), with its map in
     * front where the name alone is not enough ({@code scx_ktst.bss/crash}); or a symbol of the kernel, {@code vmlinux/} in front
     * where a BPF variable has that name too, {@code @CPU} behind for a per-CPU one. Of a symbol whose type the kernel's BTF does not
     * tell, as many bytes are watched as lie before the next symbol, 8 at most.
     *
     * @throws BpfException when there is no such name, several have it, it is a constant, or no watchpoint covers it
     */
    public static WatchTarget find(KernelStructs structs, BpfGlobals globals, BpfValues values, String name) {
        Optional<WatchTarget> variable = name.startsWith(KERNEL) ? Optional.empty() : variable(globals, values, name);
        Optional<WatchTarget> symbol = symbol(structs, name);
        if (variable.isPresent() && symbol.isPresent()) {
            throw new BpfException("'" + name + "' is a BPF variable and a symbol of the kernel; write '"
                    + variable.get().place + "' or '" + symbol.get().place + "'");
        }
        return variable.or(() -> symbol).orElseThrow(() -> unknown(structs, globals, name));
    }

    private static BpfException unknown(KernelStructs structs, BpfGlobals globals, String name) {
        List<String> variables = globals.variables().stream()
                .map(BpfGlobals.Variable::name)
                .distinct()
                .toList();
        String kernel = "";
        try {
            structs.memory().symbols().address(bare(name));
        } catch (SymbolException e) {
            kernel = String.valueOf(e.getMessage());
        }
        return new BpfException(
                "there is no BPF variable '" + name + "', " + Similar.hint(name, variables) + "; and " + kernel);
    }

    private static Optional<WatchTarget> variable(BpfGlobals globals, BpfValues values, String path) {
        int end = path.length();
        for (char separator : new char[] {'.', '['}) {
            int at = path.indexOf(separator, path.lastIndexOf('/') + 1);
            end = at >= 0 ? Math.min(end, at) : end;
        }
        String head = path.substring(0, end);
        // The map's own name has a dot: scx_ktst.bss/crash.
        List<BpfGlobals.Variable> found = globals.variables().stream()
                .filter(v -> v.name().equals(head) || v.toString().equals(head))
                .toList();
        if (found.isEmpty()) {
            return Optional.empty();
        } else if (found.size() > 1) {
            throw new BpfException(
                    found.size() + " BPF variables are named '" + head + "': " + found + "; write map and name");
        }
        BpfGlobals.Variable variable = found.get(0);
        if (variable.map().section().filter(s -> s.startsWith(".rodata")).isPresent()) {
            throw new BpfException(variable + " is a constant, which nobody writes once the program is loaded");
        }
        Btf btf = variable.map().btf().orElseThrow();
        try {
            String rest = path.substring(end);
            BtfField field = rest.isEmpty()
                    ? new BtfField(path, 0, 0, variable.type())
                    : btf.field(variable.type(), rest.startsWith(".") ? rest.substring(1) : rest);
            long address = values.address(variable.map(), variable.offset() + field.offset());
            return Optional.of(checked(path, variable + rest, address, size(btf, field, variable + rest)));
        } catch (BtfException e) {
            throw new BpfException("'" + path + "' cannot be watched: " + e.getMessage(), e);
        }
    }

    /** Bytes of a field that fits a register. */
    private static int size(Btf btf, BtfField field, String place) {
        BtfType type = btf.type(btf.resolve(field.type()));
        if (field.bitSize() != 0) {
            throw new BpfException(place + " is a bit-field of " + field.bitSize()
                    + " bits; a watchpoint takes whole bytes: watch a member beside it");
        }
        int size = btf.size(field.type());
        if (size == 1 || size == 2 || size == 4 || size == 8) {
            return size;
        }
        String parts = type.kind().isComposite()
                ? "; watch one of its members: "
                        + String.join(
                                ", ",
                                type.members().stream()
                                        .map(BtfType.Member::name)
                                        .filter(n -> !n.isEmpty())
                                        .toList())
                : type.kind() == BtfKind.ARRAY ? "; watch one of its " + type.count() + " elements: [0] and on" : "";
        throw new BpfException(place + " has " + size + " bytes; a watchpoint takes 1, 2, 4 or 8" + parts);
    }

    private static WatchTarget checked(String name, String place, long address, int length) {
        if ((address & (length - 1)) != 0) {
            throw new BpfException(place + " lies unaligned, " + length + " bytes at 0x" + Long.toHexString(address)
                    + "; a watchpoint takes a multiple of its length");
        }
        return new WatchTarget(name, place, address, length);
    }

    private static String bare(String name) {
        String bare = name.startsWith(KERNEL) ? name.substring(KERNEL.length()) : name;
        Matcher perCpu = PER_CPU.matcher(bare);
        return perCpu.matches() ? perCpu.group(1) : bare;
    }

    private static Optional<WatchTarget> symbol(KernelStructs structs, String name) {
        KernelMemory memory = structs.memory();
        SymbolTable symbols = memory.symbols();
        String bare = bare(name);
        OptionalLong linked = symbols.find(bare);
        if (linked.isEmpty()) {
            return Optional.empty();
        }
        long address = memory.findSymbol(bare).orElseThrow();
        Matcher cpu = PER_CPU.matcher(name);
        boolean perCpu = inside(symbols, linked.getAsLong(), "__per_cpu_start", "__per_cpu_end");
        if (inside(symbols, linked.getAsLong(), "_stext", "_etext")) {
            throw new BpfException("'" + bare + "' is code of the kernel, which nobody writes; name a variable");
        } else if (perCpu && !cpu.matches()) {
            throw new BpfException("'" + bare + "' is a variable that each CPU has of its own; say whose: '" + bare
                    + "@0' to '" + bare + "@" + (memory.possibleCpus().length - 1) + "'");
        } else if (!perCpu && cpu.matches()) {
            throw new BpfException("'" + bare + "' is one variable for all CPUs; write no '@" + cpu.group(2) + "'");
        }
        try {
            long at = perCpu ? memory.perCpu(address, Integer.parseInt(cpu.group(2))) : address;
            String place = KERNEL + bare + (perCpu ? "@" + cpu.group(2) : "");
            return Optional.of(checked(name, place, at, length(structs, bare, linked.getAsLong(), at, place)));
        } catch (KernelAccessException e) {
            throw new BpfException("'" + name + "' cannot be watched: " + e.getMessage(), e);
        }
    }

    private static boolean inside(SymbolTable symbols, long address, String from, String to) {
        OptionalLong start = symbols.find(from);
        OptionalLong end = symbols.find(to);
        return start.isPresent()
                && end.isPresent()
                && Long.compareUnsigned(address, start.getAsLong()) >= 0
                && Long.compareUnsigned(address, end.getAsLong()) < 0;
    }

    private static int length(KernelStructs structs, String symbol, long linked, long address, String place) {
        Btf btf = structs.btf();
        Optional<Integer> type = btf.find(symbol, BtfKind.VAR).stream().boxed().findFirst();
        if (type.isPresent()) {
            return size(btf, new BtfField(symbol, 0, 0, btf.type(type.get()).ref()), place);
        }
        List<Integer> fitting = new ArrayList<>(List.of(8, 4, 2, 1));
        long gap = structs.memory().symbols().gap(linked);
        fitting.removeIf(n -> n > gap || (address & (n - 1)) != 0);
        return fitting.get(0);
    }
}
