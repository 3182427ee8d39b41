package dev.gra.runnerd.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.gra.v1.Cursors;
import dev.gra.v1.Ended;
import dev.gra.v1.Ending;
import dev.gra.v1.Exec;
import dev.gra.v1.Exited;
import dev.gra.v1.Start;
import dev.gra.v1.TraceContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  private static final Ended EXITED =
      Ended.newBuilder()
          .setEnding(Ending.newBuilder().setExited(Exited.newBuilder().setCode(7)))
          .build();

  @TempDir Path state;

  @Test
  void a_start_and_its_ending_are_found_again() throws Exception {
    JournalFiles files = new JournalFiles(state);
    try (Journal journal = new Journal(files, Runnable::run)) {
      start(journal, record("a"));
      start(journal, record("b"));
      journal.ended("a", EXITED);
    }
    assertThat(new JournalFiles(state).load())
        .containsExactlyInAnyOrder(
            new ExecRecord(record("a").exec(), record("a").spec(), Optional.of(EXITED)),
            record("b"));
  }

  @Test
  void only_the_owner_may_look_into_it() throws Exception {
    JournalFiles files = new JournalFiles(state);
    try (Journal journal = new Journal(files, Runnable::run)) {
      start(journal, record("a"));
    }
    assertThat(Files.getPosixFilePermissions(files.directory("a"))).hasSize(3);
    assertThat(Files.getPosixFilePermissions(state.resolve("execs"))).hasSize(3);
  }

  @Test
  void a_start_that_was_not_finished_never_was() throws Exception {
    JournalFiles files = new JournalFiles(state);
    try (Journal journal = new Journal(files, Runnable::run)) {
      start(journal, record("cut"));
    }
    Path record = files.directory("cut").resolve("record");
    byte[] bytes = Files.readAllBytes(record);
    bytes[20] ^= 1;
    Files.write(record, bytes);
    Files.createDirectory(files.directory("empty"));

    assertThat(files.load()).isEmpty();
    assertThat(state.resolve("execs")).isEmptyDirectory();
  }

  @Test
  void an_ending_that_was_not_finished_is_none() throws Exception {
    JournalFiles files = new JournalFiles(state);
    try (Journal journal = new Journal(files, Runnable::run)) {
      start(journal, record("a"));
      journal.ended("a", EXITED);
    }
    Path record = files.directory("a").resolve("record");
    byte[] bytes = Files.readAllBytes(record);
    bytes[ExecRecord.SLOT_BYTES + 12] ^= 1;
    Files.write(record, bytes);
    assertThat(files.load()).containsExactly(record("a"));
  }

  @Test
  void an_id_that_is_on_disk_is_not_taken_twice() throws Exception {
    Files.createDirectories(state.resolve("execs/a"));
    Files.writeString(state.resolve("execs/a/kept"), "");
    JournalFiles files = new JournalFiles(state);
    ConcurrentLinkedQueue<IOException> failures = new ConcurrentLinkedQueue<>();
    try (Journal journal = new Journal(files, Runnable::run)) {
      journal.start(record("a"), listener(new AtomicInteger(), failures));
    }
    assertThat(failures).hasSize(1);
    assertThat(state.resolve("execs/a/kept")).exists();
  }

  @Test
  void starts_that_wait_for_a_sync_share_the_next_one() throws Exception {
    CountDownLatch firstSync = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicInteger syncs = new AtomicInteger();
    JournalFiles slow =
        new JournalFiles(state) {
          @Override
          protected void syncStarts(List<String> execIds) throws IOException {
            syncs.incrementAndGet();
            firstSync.countDown();
            awaitUninterruptibly(goOn);
            super.syncStarts(execIds);
          }
        };
    AtomicInteger durable = new AtomicInteger();
    try (Journal journal = new Journal(slow, Runnable::run)) {
      journal.start(record("first"), listener(durable, new ConcurrentLinkedQueue<>()));
      firstSync.await();
      for (int i = 0; i < 100; i++) {
        journal.start(record("more-" + i), listener(durable, new ConcurrentLinkedQueue<>()));
      }
      assertThat(durable).hasValue(0);
      goOn.countDown();
      await().until(() -> durable.get() == 101);
    }
    assertThat(syncs).hasValue(2);
  }

  @Test
  void a_start_that_cannot_be_synced_fails_and_leaves_nothing() throws Exception {
    JournalFiles failing =
        new JournalFiles(state) {
          @Override
          protected void syncStarts(List<String> execIds) throws IOException {
            throw new IOException("Input/output error");
          }
        };
    ConcurrentLinkedQueue<IOException> failures = new ConcurrentLinkedQueue<>();
    AtomicInteger durable = new AtomicInteger();
    try (Journal journal = new Journal(failing, Runnable::run)) {
      journal.start(record("a"), listener(durable, failures));
    }
    assertThat(failures)
        .singleElement()
        .satisfies(e -> assertThat(e).hasMessage("Input/output error"));
    assertThat(durable).hasValue(0);
    assertThat(state.resolve("execs")).isEmptyDirectory();
  }

  @Test
  void a_deleted_exec_is_gone_with_its_files() throws Exception {
    JournalFiles files = new JournalFiles(state);
    try (Journal journal = new Journal(files, Runnable::run)) {
      start(journal, record("a"));
      Files.writeString(files.directory("a").resolve("stdout"), "x");
      journal.delete("a");
      journal.delete("a");
    }
    assertThat(state.resolve("execs")).isEmptyDirectory();
  }

  @Test
  void the_hash_ignores_what_differs_from_try_to_try_and_nothing_else() {
    Start start =
        Start.newBuilder().setExecId("a").addArgv("true").putEnv("A", "1").putEnv("B", "2").build();
    SpecHash hash = SpecHash.of(start);
    assertThat(
            SpecHash.of(
                Start.newBuilder()
                    .setExecId("a")
                    .addArgv("true")
                    .putEnv("B", "2")
                    .putEnv("A", "1")
                    .build()))
        .isEqualTo(hash);
    assertThat(
            SpecHash.of(
                start.toBuilder()
                    .setTraceContext(TraceContext.newBuilder().setTraceparent("x"))
                    .setCursors(Cursors.newBuilder().setStdout(3))
                    .setOutputEnds(true)
                    .build()))
        .isEqualTo(hash);
    assertThat(SpecHash.of(start.toBuilder().putEnv("A", "2").build())).isNotEqualTo(hash);
    assertThat(SpecHash.of(start.toBuilder().setStdin(true).build())).isNotEqualTo(hash);
  }

  private static ExecRecord record(String id) {
    Exec exec = Exec.newBuilder().setExecId(id).setRunner("r").setCommand("true").build();
    return new ExecRecord(
        exec, new SpecHash(ByteString.copyFrom(new byte[SpecHash.LENGTH])), Optional.empty());
  }

  private static void start(Journal journal, ExecRecord record) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    journal.start(
        record,
        new Journal.StartListener() {
          @Override
          public void durable() {
            done.countDown();
          }

          @Override
          public void failed(IOException why) {
            throw new AssertionError(why);
          }
        });
    assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
  }

  private static Journal.StartListener listener(
      AtomicInteger durable, ConcurrentLinkedQueue<IOException> failures) {
    return new Journal.StartListener() {
      @Override
      public void durable() {
        durable.incrementAndGet();
      }

      @Override
      public void failed(IOException why) {
        failures.add(why);
      }
    };
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
