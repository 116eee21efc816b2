package dev.ktstr.vm.kvm.cpuid;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text form in which {@code cpuid -r} writes leaves and {@code cpuid -f} reads them. */
final class RawCpuid {
    private static final Pattern LINE =
            Pattern.compile(" +0x(\\w{8}) 0x(\\w+): eax=0x(\\w{8}) ebx=0x(\\w{8}) ecx=0x(\\w{8}) edx=0x(\\w{8})");

    private RawCpuid() {}

    /** Reads what KVM supports on some host, from a file beside this class. */
    static List<CpuidEntry> host(String name) {
        List<CpuidEntry> entries = new ArrayList<>();
        InputStream in = Objects.requireNonNull(RawCpuid.class.getResourceAsStream(name + ".txt"), name);
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                Matcher m = LINE.matcher(line);
                if (m.matches()) {
                    int function = hex(m.group(1));
                    boolean indexed = function == 4 || function == 7 || function == 0xb || function == 0xd;
                    entries.add(new CpuidEntry(
                            function,
                            hex(m.group(2)),
                            indexed ? CpuidEntry.SIGNIFICANT_INDEX : 0,
                            hex(m.group(3)),
                            hex(m.group(4)),
                            hex(m.group(5)),
                            hex(m.group(6))));
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return entries;
    }

    /** Writes one CPU's leaves. */
    static String text(int cpu, List<CpuidEntry> leaves) {
        StringBuilder text = new StringBuilder("CPU " + cpu + ":\n");
        for (CpuidEntry e : leaves) {
            text.append(String.format(
                    "   0x%08x 0x%02x: eax=0x%08x ebx=0x%08x ecx=0x%08x edx=0x%08x%n",
                    e.function(), e.index(), e.eax(), e.ebx(), e.ecx(), e.edx()));
        }
        return text.toString();
    }

    private static int hex(String digits) {
        return Integer.parseUnsignedInt(digits, 16);
    }
}
