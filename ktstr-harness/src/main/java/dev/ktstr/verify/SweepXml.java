package dev.ktstr.verify;

import dev.ktstr.verify.CellResult.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** A sweep as the XML that JUnit's Ant task made common and CI systems read: a test case for each cell. */
public final class SweepXml {
    private static final String SUITE = "ktstr.verifier";

    private SweepXml() {}

    /**
     * Writes it, aside and then renamed.
     *
     * @param startedAt when the sweep began; the file has it in UTC and without a zone, as the Ant task has
     */
    public static void write(Path file, Instant startedAt, List<CellResult> results) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            XMLStreamWriter xml =
                    XMLOutputFactory.newFactory().createXMLStreamWriter(bytes, StandardCharsets.UTF_8.name());
            xml.writeStartDocument(StandardCharsets.UTF_8.name(), "1.0");
            suite(xml, startedAt, results);
            xml.writeEndDocument();
            xml.close();
            AsideFile.write(file, bytes.toByteArray());
        } catch (XMLStreamException | IOException e) {
            throw new UncheckedIOException(new IOException("cannot write " + file + ": " + e.getMessage(), e));
        }
    }

    private static void suite(XMLStreamWriter xml, Instant startedAt, List<CellResult> results)
            throws XMLStreamException {
        xml.writeStartElement("testsuite");
        xml.writeAttribute("name", SUITE);
        xml.writeAttribute(
                "timestamp",
                startedAt
                        .truncatedTo(ChronoUnit.SECONDS)
                        .atOffset(ZoneOffset.UTC)
                        .toLocalDateTime()
                        .format(DateTimeFormatter.ISO_LOCAL_DATE_TIME));
        xml.writeAttribute("tests", Integer.toString(results.size()));
        xml.writeAttribute("failures", Long.toString(count(results, Status.FAIL)));
        xml.writeAttribute("errors", "0");
        xml.writeAttribute("skipped", Long.toString(count(results, Status.SKIP)));
        xml.writeAttribute(
                "time", seconds(results.stream().mapToDouble(SweepXml::totalMs).sum()));
        for (CellResult result : results) {
            testCase(xml, result);
        }
        xml.writeEndElement();
    }

    private static void testCase(XMLStreamWriter xml, CellResult result) throws XMLStreamException {
        Cell cell = result.cell();
        xml.writeStartElement("testcase");
        xml.writeAttribute("classname", clean(SUITE + "." + cell.schedulerName()));
        xml.writeAttribute(
                "name", clean(cell.kernelLabel() + "/" + cell.preset().name()));
        xml.writeAttribute("time", seconds(totalMs(result)));
        if (result.status() == Status.FAIL) {
            xml.writeStartElement("failure");
            // Surefire's schema wants one; there is no exception to name.
            xml.writeAttribute("type", SUITE);
            xml.writeAttribute("message", clean(result.reason()));
            xml.writeCharacters(clean(String.join("\n", new SweepText(false, false).cell(result))));
            xml.writeEndElement();
        } else if (result.status() == Status.SKIP) {
            xml.writeEmptyElement("skipped");
            xml.writeAttribute("message", clean(String.join("; ", result.reasons())));
        }
        if (result.status() == Status.PASS) {
            xml.writeStartElement("system-out");
            xml.writeCharacters(clean(String.join("\n", new SweepText(false, false).cell(result))));
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    private static long count(List<CellResult> results, Status status) {
        return results.stream().filter(r -> r.status() == status).count();
    }

    private static double totalMs(CellResult result) {
        return result.timingsMs().getOrDefault("total", 0.0);
    }

    private static String seconds(double ms) {
        return String.format(Locale.ROOT, "%.3f", ms / 1000);
    }

    /** A scheduler prints what it likes, and not every character may stand in XML 1.0 (section 2.2). */
    static String clean(String text) {
        StringBuilder kept = new StringBuilder(text.length());
        text.codePoints().map(c -> allowed(c) ? c : '\ufffd').forEach(kept::appendCodePoint);
        return kept.toString();
    }

    private static boolean allowed(int c) {
        return c == '\t'
                || c == '\n'
                || c == '\r'
                || (c >= 0x20 && c <= 0xd7ff)
                || (c >= 0xe000 && c <= 0xfffd)
                || c >= 0x10000;
    }
}
