package dev.ktstr.vm.qemu;

import dev.ktstr.vm.VcpuRegisters;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the answer of the monitor's {@code info registers -a} ({@code x86_cpu_dump_state} of QEMU). */
final class RegisterText {
    private static final int MAX_CPUS = 8192;
    private static final Pattern CPU = Pattern.compile("CPU#(\\d{1,4})\\s*");

    /** {@code RAX=0000000000000000}, {@code R8 =…}; EAX and on in 32-bit modes. */
    private static final Pattern REGISTER = Pattern.compile(
            "\\b([RE](?:AX|BX|CX|DX|SI|DI|BP|SP|IP|FL)|R8|R9|R1[0-5]|CR[0-4]|EFER) ?=([0-9a-f]{8,16})\\b");

    /** {@code GS =0000 ffff888000000000 ffffffff 00c00000}: selector, base, limit, flags. */
    private static final Pattern BASE = Pattern.compile("\\b([FG]S) =[0-9a-f]{4} ([0-9a-f]{8,16}) .*");

    private RegisterText() {}

    /** What stands there, CPU by CPU; what is not understood is left out. */
    static List<VcpuRegisters> parse(String text) {
        Map<Integer, Map<String, Long>> cpus = new LinkedHashMap<>();
        Map<String, Long> now = new LinkedHashMap<>();
        for (String line : text.split("\\R", -1)) {
            Matcher cpu = CPU.matcher(line);
            if (cpu.matches() && Integer.parseInt(cpu.group(1)) < MAX_CPUS) {
                now = cpus.computeIfAbsent(Integer.parseInt(cpu.group(1)), number -> new LinkedHashMap<>());
            }
            Matcher register = REGISTER.matcher(line);
            while (register.find()) {
                now.put(name(register.group(1)), Long.parseUnsignedLong(register.group(2), 16));
            }
            Matcher base = BASE.matcher(line);
            if (base.matches()) {
                now.put(base.group(1).toLowerCase(Locale.ROOT) + "_base", Long.parseUnsignedLong(base.group(2), 16));
            }
        }
        List<VcpuRegisters> all = new ArrayList<>();
        cpus.forEach((number, values) -> all.add(new VcpuRegisters(number, values)));
        return all;
    }

    private static String name(String told) {
        boolean narrow = told.length() == 3 && told.charAt(0) == 'E';
        String name = (narrow ? "R" + told.substring(1) : told).toLowerCase(Locale.ROOT);
        return name.equals("rfl") ? "rflags" : name;
    }
}
