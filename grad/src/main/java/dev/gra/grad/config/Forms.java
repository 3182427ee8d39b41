package dev.gra.grad.config;

import java.util.List;

/** The forms that keys have. */
final class Forms {
  static final Form TEXT = new Form.Text("TEXT", false);
  static final Form SECRET = new Form.Text("TEXT", true);
  static final Form PATH = new Form.Text("PATH", false);
  static final Form AUDIT_LOG = new Form.Text("stdout|off|FILE", false);
  static final Form TRACE_URL = new Form.TraceAddress();
  static final Form FLAG = oneOf("true", "false");
  static final Form ADDRESS = new Form.Address();
  static final Form DURATION = new Form.Time(false);
  static final Form DURATION_OR_NEVER = new Form.Time(true);
  static final Form SIZE = new Form.Size();

  private Forms() {}

  static Form oneOf(String... choices) {
    return new Form.Choice(List.of(choices));
  }

  static Form number(long least, long most) {
    return new Form.Whole(least, most);
  }
}
