package dev.gra.runnerd;

import dev.gra.link.v1.LinkRequest;
import dev.gra.link.v1.LinkResponse;
import dev.gra.v1.Attach;
import dev.gra.v1.CancelExecRequest;
import dev.gra.v1.Exec;
import dev.gra.v1.GetExecRequest;
import dev.gra.v1.ListExecsRequest;
import dev.gra.v1.ListExecsResponse;

/** Calls over a link, for tests. */
final class Queries {
  static Exec get(TestLink link, String execId) throws Exception {
    return tryGet(link, execId).getGetExec().getExec();
  }

  static LinkResponse tryGet(TestLink link, String execId) throws Exception {
    return link.call(
        LinkRequest.newBuilder().setGetExec(GetExecRequest.newBuilder().setExecId(execId)));
  }

  static ListExecsResponse list(TestLink link, int size, String token) throws Exception {
    return link.call(
            LinkRequest.newBuilder()
                .setListExecs(ListExecsRequest.newBuilder().setPageSize(size).setPageToken(token)))
        .getListExecs();
  }

  static LinkResponse cancel(TestLink link, String execId, String by) throws Exception {
    return link.call(
        LinkRequest.newBuilder()
            .setCancelExec(CancelExecRequest.newBuilder().setExecId(execId).setBy(by)));
  }

  static Attach.Builder attach(String execId) {
    return Attach.newBuilder().setExecId(execId).setRunner("r").setRunnerUid(Daemon.UID);
  }

  private Queries() {}
}
