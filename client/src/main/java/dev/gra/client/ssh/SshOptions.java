package dev.gra.client.ssh;

import dev.gra.client.local.GraHome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What ssh is told of all runners alike, for its {@code %h} is the runner.
 *
 * @param home where the keys are
 * @param proxy the program, with arguments, that leads to a runner: ssh appends host and user
 */
public record SshOptions(GraHome home, List<String> proxy) {
  /** Whose commands a runner's are, in gra's images and sandboxes. */
  public static final String USER = "runner";

  static final String KNOWN_HOSTS = "known_hosts";
  static final String KEY = "identity/key";

  public SshOptions {
    proxy = List.copyOf(proxy);
  }

  /** Names and values. */
  public Map<String, String> all() {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("User", USER);
    options.putAll(ofSshfs());
    // The runner's programs could use them: whoever wants that says ssh -A or -X.
    options.put("ForwardAgent", "no");
    options.put("ForwardX11", "no");
    return options;
  }

  /** The same without what sshfs has a way of its own for, and so refuses. */
  public Map<String, String> ofSshfs() {
    Path each = SshHost.directory(home);
    Map<String, String> options = new LinkedHashMap<>();
    options.put("ProxyCommand", command());
    options.put("IdentityFile", file(each, KEY));
    options.put("IdentitiesOnly", "yes");
    options.put("UserKnownHostsFile", file(each, KNOWN_HOSTS));
    options.put("GlobalKnownHostsFile", "none");
    options.put("StrictHostKeyChecking", "yes");
    options.put("CheckHostIP", "no");
    options.put("UpdateHostKeys", "no");
    options.put("PreferredAuthentications", "publickey");
    return options;
  }

  /** Each as {@code -o NAME=VALUE}. */
  public List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    all().forEach((name, value) -> arguments.addAll(List.of("-o", name + "=" + value)));
    return arguments;
  }

  // The shell's quotes are for whatever ssh puts in the place of %h and %r, too.
  private String command() {
    StringBuilder line = new StringBuilder();
    proxy.forEach(word -> line.append('\'').append(quoted(word)).append("' "));
    return line.append("'%h' '%r'").toString();
  }

  private static String quoted(String word) {
    return word.replace("'", "'\\''").replace("%", "%%");
  }

  private static String file(Path directory, String name) {
    return "\"" + directory.toString().replace("%", "%%") + "/%h/" + name + "\"";
  }
}
