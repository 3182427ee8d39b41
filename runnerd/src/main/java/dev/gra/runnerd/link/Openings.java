package dev.gra.runnerd.link;

import dev.gra.link.v1.Hello;
import dev.gra.protocol.LinkFeatures;
import dev.gra.runnerd.exec.Attached;
import dev.gra.runnerd.exec.Client;
import dev.gra.runnerd.exec.Engine;
import dev.gra.runnerd.exec.Refusal;
import dev.gra.v1.ExecRequest;

/**
 * Opens a link's attachments. What a client asks for that the grad between doesn't know, it doesn't
 * get: an unknown frame would end the link.
 */
final class Openings {
  private final Engine engine;
  private boolean outputEnds;

  Openings(Engine engine) {
    this.engine = engine;
  }

  /** Takes note of what grad knows. */
  void greeted(Hello theirs) {
    outputEnds = theirs.getFeaturesList().contains(LinkFeatures.OUTPUT_END);
  }

  /** By a Start or an Attach. */
  Attached open(ExecRequest request, Client client) throws Refusal {
    ExecRequest known = outputEnds ? request : withoutOutputEnds(request);
    return known.hasStart()
        ? engine.start(known.getStart(), client)
        : engine.attach(known.getAttach(), client);
  }

  private static ExecRequest withoutOutputEnds(ExecRequest request) {
    ExecRequest.Builder known = request.toBuilder();
    if (request.hasStart()) {
      known.getStartBuilder().clearOutputEnds();
    } else {
      known.getAttachBuilder().clearOutputEnds();
    }
    return known.build();
  }
}
