package dev.gra.grad.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gra.grad.audit.Argv;
import dev.gra.grad.exec.Opening;
import dev.gra.grad.exec.Origin;
import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.RunnerName;
import dev.gra.grad.runner.RunnerUid;
import dev.gra.v1.Cursors;
import dev.gra.v1.Ended;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.Start;
import org.junit.jupiter.api.Test;

class RecentEndingsTest {
  private final RecentEndings endings = new RecentEndings(Argv.PROGRAM);

  private void end(int number, String owner) {
    Owner whose = new Owner(owner);
    Start start = Start.newBuilder().addArgv("true").addArgv("secret").build();
    Opening opening =
        new Opening(
            ExecRequest.newBuilder().setStart(start).build(),
            "exec-" + number,
            new RunnerName("r"),
            RunnerUid.random(),
            Cursors.getDefaultInstance(),
            true,
            new Origin(whose, whose, "", ""));
    endings.add(opening, Ended.getDefaultInstance());
  }

  @Test
  void the_last_are_kept_and_one_s_own_are_seen() {
    for (int i = 0; i < RecentEndings.MOST + 7; i++) {
      end(i, i % 2 == 0 ? "anna" : "bert");
    }

    assertThat(endings.seenBy(Demo.OLGA))
        .hasSize(RecentEndings.MOST)
        .first()
        .satisfies(past -> assertThat(past.where().execId()).isEqualTo("exec-106"))
        .satisfies(past -> assertThat(past.command()).isEqualTo("true"));
    assertThat(endings.seenBy(Demo.OLGA).getLast().where().execId()).isEqualTo("exec-7");
    assertThat(endings.seenBy(Demo.ANNA))
        .hasSize(RecentEndings.MOST / 2)
        .allMatch(past -> past.where().owner().subject().equals("anna"));
  }
}
