package dev.gra.grad.audit;

import dev.gra.v1.Start;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How much of a command the audit log and the status page have. Of a script it is the
 * interpreter's, never the text.
 */
public enum Argv {
  /** Nothing: even a program's name may tell too much. */
  NONE {
    @Override
    public List<String> of(Start start) {
      return List.of();
    }
  },
  /** What is run, without its arguments, which may hold secrets. */
  PROGRAM {
    @Override
    public List<String> of(Start start) {
      return whole(start).stream().limit(1).map(Argv::cut).toList();
    }
  },
  /** All of it, cut where it is very long. */
  ALL {
    @Override
    public List<String> of(Start start) {
      return whole(start).stream().limit(MOST_STRINGS).map(Argv::cut).toList();
    }
  };

  private static final int MOST_STRINGS = 256;
  private static final int MOST_CHARACTERS = 1024;
  private static final String CUT = "...";

  /** By its setting's value. */
  public static Argv named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** As much of a start as may be told. */
  public abstract List<String> of(Start start);

  private static List<String> whole(Start start) {
    List<String> whole = new ArrayList<>();
    if (start.hasScript()) {
      whole.addAll(start.getScript().getInterpreterList());
    }
    whole.addAll(start.getArgvList());
    return whole;
  }

  private static String cut(String text) {
    if (text.length() <= MOST_CHARACTERS) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(MOST_CHARACTERS - 1)) ? 1 : 0;
    return text.substring(0, MOST_CHARACTERS - end) + CUT;
  }
}
