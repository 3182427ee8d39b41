package dev.gra.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gra.e2e.conformance.Endpoint;
import dev.gra.e2e.conformance.GradUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code runner-image/examples}, which {@code e2e/images} has built and loaded, as a runner's
 * image.
 */
@Tag("cluster")
@ExtendWith(GradUnderTest.class)
class OtherImageTest {
  private static final String IMAGE = "localhost/gra-example:dev";
  private static final String RUNNER = "other-image";

  @TempDir Path directory;
  private Gractl gractl;

  @BeforeEach
  void gractl_of_the_cluster_s_grad(Endpoint endpoint) throws IOException {
    Path token =
        Files.createFile(
            directory.resolve("token"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(token, endpoint.token());
    gractl =
        Gractl.at(directory.resolve("home"))
            .with("GRA_SERVER", "https://" + endpoint.address())
            .with("GRA_TOKEN_FILE", token.toString())
            .with("GRA_CA_FILE", endpoint.caFile().orElseThrow());
  }

  @AfterEach
  void no_runner_is_left() {
    gractl.run("runners", "delete", RUNNER);
  }

  @Test
  void any_glibc_image_is_a_runner_s_by_one_line() {
    gractl.run("runners", "create", RUNNER, "--image", IMAGE).succeeded();
    // What gra's own image has and this one hasn't, and where a command finds itself.
    String script = "ls /opt; type python3 sshd; id -u; pwd; echo $HOME; echo kept >file";
    Outcome outcome = gractl.run("exec", "--runner", RUNNER, "--", "sh", "-c", script).succeeded();
    assertThat(outcome.out().replaceAll("(?m)^\\w+: not found\n", ""))
        .isEqualTo("gra\n1000\n/workspace\n/workspace\n");
    Outcome bytes =
        gractl.run("exec", "--runner", RUNNER, "--", "sh", "-c", "cat file; exit 7").exitedWith(7);
    assertThat(bytes.out()).isEqualTo("kept\n");
  }
}
