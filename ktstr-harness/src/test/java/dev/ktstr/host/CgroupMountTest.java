package dev.ktstr.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupMountTest {
    private static final String MOUNT =
            "31 24 0:27 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";

    @TempDir
    Path root;

    private Path hierarchy(String mountinfo) throws IOException {
        Files.createDirectories(root.resolve("proc/self"));
        Files.writeString(root.resolve("proc/self/mountinfo"), mountinfo);
        Path mount = Files.createDirectories(root.resolve("sys/fs/cgroup"));
        Files.writeString(mount.resolve("cgroup.procs"), "1\n");
        Files.writeString(mount.resolve("cgroup.controllers"), "cpuset cpu io memory pids\n");
        Files.writeString(mount.resolve("cgroup.subtree_control"), "cpu\n");
        return mount;
    }

    @Test
    void theHierarchyIsFoundAmongOtherMounts() throws IOException {
        Path mount = hierarchy(
                "25 1 8:1 / / rw - ext4 /dev/sda1 rw\n30 24 0:26 / /sys/fs/cgroup/unified rw - cgroup2 none rw\n"
                        + "26 24 0:26 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n" + MOUNT);
        CgroupMount found = CgroupMount.find(root, Optional.empty());
        assertThat(found.mount()).isEqualTo(mount);
        assertThat(found.parent()).isEqualTo(mount);
        assertThat(found.controllers()).contains("cpuset", "memory");
    }

    @Test
    void aHostWithoutItIsToldWhatToDo() throws IOException {
        hierarchy("26 24 0:26 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n");
        assertThatExceptionOfType(HostException.class)
                .isThrownBy(() -> CgroupMount.find(root, Optional.empty()))
                .withMessageContaining("No cgroup v2 hierarchy is mounted")
                .withMessageContaining("systemd.unified_cgroup_hierarchy=1");
    }

    @Test
    void aChosenPlaceMustBeACgroupOfTheHierarchy() throws IOException {
        Path mount = hierarchy(MOUNT);
        assertThatExceptionOfType(HostException.class)
                .isThrownBy(() -> CgroupMount.find(root, Optional.of("/tmp/x")))
                .withMessageContaining("is not below " + mount);
        assertThatExceptionOfType(HostException.class)
                .isThrownBy(() -> CgroupMount.find(root, Optional.of(mount + "/../../../tmp")))
                .withMessageContaining("is not below");
        assertThatExceptionOfType(HostException.class)
                .isThrownBy(() -> CgroupMount.find(root, Optional.of(mount + "/user.slice")))
                .withMessageContaining("There is no cgroup " + mount + "/user.slice");
        Files.createDirectories(mount.resolve("mine"));
        assertThatExceptionOfType(HostException.class)
                .as("no cgroup.procs there to write to")
                .isThrownBy(() -> CgroupMount.find(root, Optional.of(mount + "/mine")))
                .withMessageContaining("no permission")
                .withMessageContaining("Delegate=yes");
    }

    @Test
    void onlyWhatWasMissingIsEnabled() throws IOException {
        Path mount = hierarchy(MOUNT);
        Set<String> added = CgroupMount.find(root, Optional.empty()).enable();
        assertThat(added).containsExactly("cpuset", "memory", "pids");
        assertThat(Files.readString(mount.resolve("cgroup.subtree_control"))).isEqualTo("+pids");
    }
}
