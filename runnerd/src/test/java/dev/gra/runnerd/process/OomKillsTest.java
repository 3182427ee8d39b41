package dev.gra.runnerd.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OomKillsTest {
  @TempDir Path directory;

  @Test
  void version_2_counts_in_memory_events() throws IOException {
    write("sys/pod/memory.events", "low 0\nhigh 4\nmax 7\noom 3\noom_kill 2\noom_group_kill 0\n");
    assertThat(oomKills("0::/pod\n").count()).hasValue(2);
  }

  @Test
  void version_1_counts_in_memory_oom_control() throws IOException {
    write("sys/memory/a/b/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 5\n");
    assertThat(oomKills("9:name=systemd:/\n4:memory,hugetlb:/a/b\n0::/\n").count()).hasValue(5);
  }

  @Test
  void in_a_container_the_mount_is_the_own_cgroup() throws IOException {
    write("sys/memory/memory.oom_control", "oom_kill 1\n");
    assertThat(oomKills("4:memory:/docker/abc\n").count()).hasValue(1);
  }

  @Test
  void the_count_is_read_anew_each_time() throws IOException {
    write("sys/memory.events", "oom_kill 0\n");
    OomKills oomKills = oomKills("0::/\n");
    assertThat(oomKills.count()).hasValue(0);
    write("sys/memory.events", "oom_kill 1\n");
    assertThat(oomKills.count()).hasValue(1);
  }

  @Test
  void where_the_kernel_tells_nothing_it_is_unknown() throws IOException {
    assertThat(oomKills("0::/\n").count()).isEmpty();
    assertThat(oomKills("").count()).isEmpty();
    write("sys/memory.events", "oom 0\n");
    assertThat(oomKills("0::/\n").count()).isEmpty();
  }

  private OomKills oomKills(String cgroup) throws IOException {
    return new OomKills(write("cgroup", cgroup), directory.resolve("sys"));
  }

  private Path write(String name, String content) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }
}
