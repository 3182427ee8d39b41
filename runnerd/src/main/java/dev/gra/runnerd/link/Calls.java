package dev.gra.runnerd.link;

import dev.gra.link.v1.LinkError;
import dev.gra.link.v1.LinkResponse;
import dev.gra.runnerd.exec.Engine;
import dev.gra.runnerd.exec.Exec;
import dev.gra.runnerd.exec.Refusal;
import dev.gra.v1.CancelExecRequest;
import dev.gra.v1.CancelExecResponse;
import dev.gra.v1.GetExecRequest;
import dev.gra.v1.GetExecResponse;
import dev.gra.v1.ListExecsRequest;
import dev.gra.v1.ListExecsResponse;
import java.util.List;
import java.util.function.Consumer;

/** The calls of a link: each is answered by one frame on its channel. */
final class Calls {
  private static final int DEFAULT_PAGE = 100;
  private static final int LARGEST_PAGE = 1000;

  /** A page's bytes; one exec more may go beyond it, far from the largest frame. */
  private static final int PAGE_BYTES = 1 << 20;

  private final Engine engine;
  private final Consumer<LinkResponse> answers;

  /**
   * @param answers also called when the link is closed by then
   */
  Calls(Engine engine, Consumer<LinkResponse> answers) {
    this.engine = engine;
    this.answers = answers;
  }

  void get(long channel, GetExecRequest request) {
    try {
      Exec exec = engine.get(request.getExecId());
      answers.accept(
          on(channel).setGetExec(GetExecResponse.newBuilder().setExec(exec.view())).build());
    } catch (Refusal refusal) {
      refuse(channel, refusal);
    }
  }

  void list(long channel, ListExecsRequest request) {
    try {
      answers.accept(on(channel).setListExecs(page(request)).build());
    } catch (Refusal refusal) {
      refuse(channel, refusal);
    }
  }

  void cancel(long channel, CancelExecRequest request) {
    try {
      engine
          .get(request.getExecId())
          .cancel(
              request.getBy(),
              exec ->
                  answers.accept(
                      on(channel)
                          .setCancelExec(CancelExecResponse.newBuilder().setExec(exec.view()))
                          .build()));
    } catch (Refusal refusal) {
      refuse(channel, refusal);
    }
  }

  private ListExecsResponse page(ListExecsRequest request) throws Refusal {
    int size = request.getPageSize() == 0 ? DEFAULT_PAGE : request.getPageSize();
    if (size < 1 || size > LARGEST_PAGE) {
      throw invalid("page_size", "is not in 1.." + LARGEST_PAGE);
    }
    // One more than wanted tells whether there is another page.
    List<Exec> found = engine.before(position(request.getPageToken()), size + 1);
    ListExecsResponse.Builder page = ListExecsResponse.newBuilder();
    int bytes = 0;
    for (Exec exec : found) {
      if (page.getExecsCount() == size || bytes > PAGE_BYTES) {
        page.setNextPageToken(Long.toString(found.get(page.getExecsCount() - 1).sequence()));
        break;
      }
      dev.gra.v1.Exec view = exec.view();
      bytes += view.getSerializedSize();
      page.addExecs(view);
    }
    return page.build();
  }

  private static long position(String token) throws Refusal {
    if (token.isEmpty()) {
      return Long.MAX_VALUE;
    }
    try {
      return Long.parseLong(token);
    } catch (NumberFormatException e) {
      throw invalid("page_token", "is none of ours");
    }
  }

  private static Refusal invalid(String field, String message) {
    return new Refusal(LinkError.Reason.REASON_INVALID_ARGUMENT, field, field + ": " + message);
  }

  private void refuse(long channel, Refusal refusal) {
    answers.accept(on(channel).setError(refusal.error()).build());
  }

  private static LinkResponse.Builder on(long channel) {
    return LinkResponse.newBuilder().setChannel(channel);
  }
}
