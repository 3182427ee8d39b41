package dev.gra.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ./minikube-setup.sh}, with one stand-in for minikube, kubectl and what it calls beside
 * them, which checks every call.
 */
class MinikubeSetupTest {
  private static final List<String> TOOLS =
      List.of(
          "bash",
          "cat",
          "cp",
          "cut",
          "dirname",
          "env",
          "find",
          "grep",
          "mktemp",
          "openssl",
          "readlink",
          "rm",
          "sed",
          "sha256sum",
          "sort",
          "tail",
          "tee",
          "uname",
          "xargs");

  @TempDir Path directory;
  private Path bin;
  private Path state;
  private Path tree;

  @BeforeEach
  void a_machine_with_a_stand_in_and_nothing_else() throws Exception {
    bin = Files.createDirectory(directory.resolve("bin"));
    state = Files.createDirectory(directory.resolve("state"));
    tree = Files.createDirectory(directory.resolve("tree"));
    for (String tool : TOOLS) {
      program(bin.resolve(tool), usual(tool).toString());
    }
    for (String tool : List.of("minikube", "kubectl", "mvn", "nproc", "getconf")) {
      program(bin.resolve(tool), standIn(tool));
    }
    for (String script : List.of("jbang", "image-context")) {
      program(tree.resolve(script), standIn(script));
    }
    for (String ours : List.of("minikube-setup.sh", "kustomize", ".mvn")) {
      String from = Build.root().resolve(ours).toString();
      assertThat(new ProcessBuilder("cp", "-a", from, tree.toString()).start().waitFor()).isZero();
    }
    for (String name : List.of("runner", "grad")) {
      Path image = Files.createDirectories(state.resolve("context/" + name + "-image"));
      Files.writeString(image.resolve("Dockerfile"), "FROM scratch\n");
    }
    set("context/gra-dist.sha256", "1");
    set("profile", "absent");
    set("images", "registry.k8s.io/pause:3.10");
    set("cpus", "8");
    set("gibibytes", "32");
  }

  @AfterEach
  void every_call_was_one_that_the_real_one_understands() {
    assertThat(state.resolve("refused")).doesNotExist();
  }

  @Test
  void from_nothing_to_a_command_in_a_pod() throws Exception {
    Outcome outcome = setup().succeeded();
    assertThat(outcome.out()).isEqualTo("pandas in the pod\n");
    assertThat(outcome.err())
        .contains("813 MB", "does not enforce NetworkPolicies", "--cni calico");
    assertThat(calls())
        .contains("minikube --profile gra start --cpus 4 --memory 16g")
        .containsSubsequence(
            "minikube --profile gra start --cpus 4 --memory 16g",
            "kubectl --context gra apply --kustomize kustomize/overlays/minikube",
            "kubectl --context gra --namespace gra rollout status deployment/grad --timeout 180s",
            "jbang scripts/gractl.java config use-cluster --context gra",
            "jbang scripts/gractl.java doctor");
    assertThat(calls()).filteredOn(call -> call.contains("image build --tag")).hasSize(2);
    assertThat(Files.readAllLines(state.resolve("images")))
        .contains("localhost/gra-runner:dev", "localhost/gra-grad:dev");
  }

  @Test
  void its_certificate_is_good_for_localhost_and_for_the_service() throws Exception {
    setup().succeeded();
    try (InputStream in = Files.newInputStream(state.resolve("tls.crt"))) {
      var certificate =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      assertThat(certificate.getSubjectAlternativeNames())
          .contains(List.of(2, "localhost"), List.of(2, "grad.gra.svc"));
    }
  }

  @Test
  void what_is_there_is_not_done_again() throws Exception {
    setup().succeeded();
    byte[] certificate = Files.readAllBytes(state.resolve("tls.crt"));
    List<String> patches = patches();
    forgetCalls();
    setup().succeeded();
    assertThat(calls())
        .noneMatch(call -> call.contains(" start"))
        .noneMatch(call -> call.contains("image build --tag"))
        .contains("kubectl --context gra apply --kustomize kustomize/overlays/minikube");
    assertThat(Files.readAllBytes(state.resolve("tls.crt"))).isEqualTo(certificate);
    assertThat(patches()).isEqualTo(patches);
  }

  @Test
  void what_changed_is_built_and_deployed_anew() throws Exception {
    setup().succeeded();
    List<String> patches = patches();
    set("context/grad-image/Dockerfile", "FROM scratch AS other");
    forgetCalls();
    setup().succeeded();
    assertThat(calls())
        .filteredOn(call -> call.contains("image build --tag"))
        .singleElement()
        .asString()
        .contains("localhost/gra-grad:");
    assertThat(patches()).isNotEqualTo(patches);
  }

  @Test
  void a_stopped_profile_is_started_as_it_was_made() throws Exception {
    set("profile", "stopped");
    Outcome outcome = setup("--memory", "20g").succeeded();
    assertThat(calls()).contains("minikube --profile gra start");
    assertThat(outcome.err()).contains("The profile was there before").contains("minikube delete");
  }

  @Test
  void options_and_variables_reach_minikube() throws Exception {
    setup("--cpus=2", "--memory", "6g", "--driver", "kvm2", "--cni", "calico").succeeded();
    assertThat(calls())
        .contains("minikube --profile gra start --cpus 2 --memory 6g --driver kvm2 --cni calico");
    set("profile", "absent");
    run(Map.of("GRA_MINIKUBE_CPUS", "3", "GRA_MINIKUBE_MEMORY", "5g")).succeeded();
    assertThat(calls()).contains("minikube --profile gra start --cpus 3 --memory 5g");
  }

  @Test
  void a_network_that_enforces_policies_is_not_complained_of() throws Exception {
    set("calico", "");
    assertThat(setup().succeeded().err()).doesNotContain("does not enforce");
  }

  @Test
  void wrong_usage_is_told() throws Exception {
    assertThat(setup("--memory", "much").exitedWith(2).err()).contains("16g, not much. Try: ");
    assertThat(setup("--cores", "4").exitedWith(2).err()).contains("no option --cores. Try: ");
    assertThat(setup("--cpus").exitedWith(2).err()).contains("--cpus wants a value. Try: ");
    assertThat(setup("--help").succeeded().out()).contains("--profile NAME").contains("calico");
    assertThat(state.resolve("calls")).doesNotExist();
  }

  @Test
  void a_missing_tool_is_named_with_how_to_get_it() throws Exception {
    for (String tool : List.of("minikube", "kubectl", "openssl", "mvn")) {
      Path elsewhere = Files.move(bin.resolve(tool), directory.resolve(tool));
      failed("there is no " + tool + ". Try: ");
      Files.move(elsewhere, bin.resolve(tool));
    }
    assertThat(state.resolve("calls")).doesNotExist();
    fails("minikube image build --help", "unknown command");
    failed("this minikube can't build images. Try: ");
  }

  @Test
  void a_machine_that_is_too_small_is_told_before_anything_is_made() throws Exception {
    set("gibibytes", "8");
    failed(
        "16g of memory, and this machine has 8 GiB in all. Try: ./minikube-setup.sh --memory 6g");
    set("gibibytes", "32");
    set("cpus", "2");
    failed("4 CPUs, and this machine has 2. Try: ./minikube-setup.sh --cpus 2");
    assertThat(calls()).noneMatch(call -> call.contains(" start"));
  }

  @Test
  void minikube_s_own_reason_is_told_when_it_does_not_start() throws Exception {
    fails(
        "minikube --profile gra start", "X Exiting due to DRV_NOT_HEALTHY: docker is not running");
    failed("did not start: Exiting due to DRV_NOT_HEALTHY: docker is not running. Try: ");
    assertThat(calls()).noneMatch(call -> call.startsWith("kubectl"));
  }

  @Test
  void an_image_that_was_not_built_is_noticed_though_minikube_says_it_was() throws Exception {
    set("build-fails", "");
    failed("localhost/gra-runner could not be built");
    assertThat(calls()).noneMatch(call -> call.contains("apply"));
  }

  @Test
  void a_pod_s_own_words_are_told_when_grad_does_not_become_ready() throws Exception {
    set("never-ready", "");
    Outcome outcome = failed("grad did not become ready in 180 s");
    assertThat(outcome.err())
        .contains("ErrImagePull no such host", "grad-1: Back-off", "the certificate can't be read");
    assertThat(calls()).noneMatch(call -> call.startsWith("jbang"));
  }

  @Test
  void a_refused_overlay_and_a_failing_gractl_are_told() throws Exception {
    fails("kubectl --context gra apply --kustomize", "error: forbidden");
    failed("kustomize/overlays/minikube could not be applied. Try: ");
    fails("jbang scripts/gractl.java doctor", "no way");
    failed("something doesn't work yet. Try: ");
    fails("jbang scripts/gractl.java exec", "no way");
    failed("no command could be run. Try: ");
  }

  /** Fails in one line of this. */
  private Outcome failed(String words) throws Exception {
    Outcome outcome = setup().exitedWith(1);
    String last = outcome.err().strip().lines().reduce("", (before, line) -> line);
    assertThat(last).startsWith("minikube-setup.sh: ").contains(words).contains(" Try: ");
    return outcome;
  }

  private void fails(String call, String words) throws IOException {
    Files.writeString(state.resolve("fails"), call);
    set("words", words);
  }

  private void set(String name, String value) throws IOException {
    Files.writeString(state.resolve(name), value + "\n");
  }

  private List<String> calls() throws IOException {
    return Files.readAllLines(state.resolve("calls"));
  }

  private List<String> patches() throws IOException {
    return calls().stream().filter(call -> call.contains("patch deployment grad")).toList();
  }

  private void forgetCalls() throws IOException {
    Files.delete(state.resolve("calls"));
  }

  private Outcome setup(String... arguments) throws Exception {
    return run(Map.of(), arguments);
  }

  private Outcome run(Map<String, String> variables, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(tree + "/minikube-setup.sh"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().putAll(variables);
    builder.environment().put("PATH", bin.toString());
    builder.environment().put("HOME", directory.toString());
    builder.environment().put("STAND_IN", state.toString());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    Instant begin = Instant.now();
    int exitCode = builder.start().waitFor();
    return new Outcome(
        command,
        exitCode,
        Files.readAllBytes(out),
        Files.readAllBytes(err),
        Duration.between(begin, Instant.now()));
  }

  private static Path usual(String tool) {
    return List.of("/usr/bin", "/bin").stream()
        .map(folder -> Path.of(folder, tool))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new AssertionError("there is no " + tool));
  }

  private static String standIn(String name) {
    return Build.root().resolve("e2e/src/test/resources/dev/gra/e2e/stand-in-minikube.sh")
        + " "
        + name;
  }

  private static void program(Path file, String command) throws IOException {
    Files.writeString(file, "#!/bin/sh\nexec " + command + " \"$@\"\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }
}
