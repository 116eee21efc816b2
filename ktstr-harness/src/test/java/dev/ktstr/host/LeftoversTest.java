package dev.ktstr.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.host.Leftovers.Found;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftoversTest {
    /** Above the largest that Linux gives (proc_sys_kernel(5), pid_max). */
    private static final long NOBODY = 99_999_999;

    private static final long ME = ProcessHandle.current().pid();

    @TempDir
    Path temp;

    private Path mount;
    private OwnerRecords records;

    @BeforeEach
    void makeFolders() throws IOException {
        mount = Files.createDirectories(temp.resolve("cgroup"));
        records = new OwnerRecords(temp.resolve("cache/host"));
    }

    private List<Found> find() {
        return new Leftovers(mount, records).find();
    }

    private Path cgroup(String path) throws IOException {
        return Files.createDirectories(mount.resolve(path));
    }

    @Test
    void oneWhoseOwnerIsGoneIsLeftOverWhereverItIs() throws IOException {
        Path here = cgroup("ktstr-" + NOBODY);
        Path deep = cgroup("user.slice/user-0.slice/ktstr-" + NOBODY);
        cgroup("ktstr-x");
        cgroup("ktstr-0");
        cgroup("myktstr-77");
        assertThat(find()).extracting(Found::cgroup).containsExactlyInAnyOrder(here, deep);
        assertThat(find()).allMatch(found -> found.live().isEmpty());
    }

    @Test
    void oneWhoseOwnerLivesIsLeftAlone() throws IOException {
        cgroup("ktstr-" + ME);
        records.own(ME);
        assertThat(find())
                .singleElement()
                .satisfies(found -> assertThat(found.live()).hasValue("process " + ME + " runs"));
    }

    @Test
    void aProcessThatGotTheNumberLaterIsNotTheOwner() throws IOException {
        cgroup("ktstr-" + ME);
        records.own(ME);
        Files.writeString(temp.resolve("cache/host/" + ME + ".owner"), "1");
        assertThat(find())
                .singleElement()
                .satisfies(found -> assertThat(found.live()).isEmpty());
    }

    @Test
    void withoutARecordALivingProcessGetsTheBenefitOfTheDoubt() throws IOException {
        cgroup("ktstr-" + ME);
        assertThat(find())
                .singleElement()
                .satisfies(found -> assertThat(found.live())
                        .hasValueSatisfying(why -> assertThat(why).contains("there is no record")));
    }

    @Test
    void withoutARecordAProcessYoungerThanTheCgroupIsNotItsOwner() throws IOException {
        Files.setLastModifiedTime(cgroup("ktstr-" + ME), java.nio.file.attribute.FileTime.fromMillis(1_000));
        assertThat(find())
                .singleElement()
                .satisfies(found -> assertThat(found.live()).isEmpty());
    }

    @Test
    void removingTakesThoseBelowFirst() throws IOException {
        Path cgroup = cgroup("ktstr-" + NOBODY);
        cgroup("ktstr-" + NOBODY + "/cg_0/inner");
        cgroup("ktstr-" + NOBODY + "/cg_1");
        Leftovers leftovers = new Leftovers(mount, records);
        leftovers.remove(cgroup);
        assertThat(cgroup).doesNotExist();
        leftovers.remove(cgroup);
        assertThat(find()).isEmpty();
    }

    @Test
    void anOwnersRecordIsForgotten() {
        records.own(ME);
        assertThat(records.startOf(ME)).isEqualTo(OwnerRecords.startOfLive(ME)).isPresent();
        records.forget(ME);
        assertThat(records.startOf(ME)).isEmpty();
        assertThat(OwnerRecords.startOfLive(NOBODY)).isEmpty();
    }
}
