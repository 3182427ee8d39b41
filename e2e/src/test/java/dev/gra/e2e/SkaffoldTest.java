package dev.gra.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.harrel.jsonschema.ValidatorFactory;
import dev.harrel.jsonschema.providers.SnakeYamlNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/**
 * {@code skaffold.yaml}, which nothing here can run, by Skaffold's own schema and by what it names.
 */
class SkaffoldTest {
  private static final Path FILE = Build.root().resolve("skaffold.yaml");

  @Test
  void it_holds_to_skaffold_s_schema() throws IOException {
    assertThat(breaches(Files.readString(FILE))).isEmpty();
  }

  @Test
  void a_misspelt_setting_would_be_noticed() throws IOException {
    String misspelt = Files.readString(FILE).replace("buildCommand:", "buildComand:");
    assertThat(breaches(misspelt)).isNotEmpty();
  }

  @Test
  void it_builds_the_images_that_the_overlay_deploys() throws IOException {
    String tag = "dev";
    assertThat(at(skaffold(), "build", "tagPolicy", "envTemplate", "template")).isEqualTo(tag);
    Map<?, ?> base = yaml(Build.root().resolve("kustomize/base/kustomization.yaml"));
    Map<?, ?> grad = (Map<?, ?>) ((List<?>) base.get("images")).getFirst();
    assertThat(images()).contains((String) grad.get("newName"));
    assertThat(grad.get("newTag")).isEqualTo(tag);
    assertThat(base.toString()).contains("GRAD_RUNNER_IMAGE=localhost/gra-runner:" + tag);
    assertThat(images()).contains("localhost/gra-runner");
  }

  @Test
  void every_path_that_it_names_is_there() throws IOException {
    Stream<String> watched =
        artifacts().stream()
            .flatMap(each -> ((List<?>) at(each, "custom", "dependencies", "paths")).stream())
            .map(path -> ((String) path).replace("/**", ""));
    Stream<String> overlays =
        ((List<?>) at(skaffold(), "manifests", "kustomize", "paths"))
            .stream().map(String.class::cast);
    assertThat(Stream.concat(watched, overlays))
        .allSatisfy(path -> assertThat(Build.root().resolve(path)).exists());
    assertThat(Files.readString(FILE)).contains("./image-context", "kustomize/self-signed");
  }

  private static List<String> breaches(String document) throws IOException {
    try (InputStream schema = SkaffoldTest.class.getResourceAsStream("skaffold-v4beta13.json")) {
      return new ValidatorFactory()
              .withJsonNodeFactory(new SnakeYamlNode.Factory())
              .validate(new String(schema.readAllBytes(), StandardCharsets.UTF_8), document)
              .getErrors()
              .stream()
              .map(error -> error.getInstanceLocation() + ": " + error.getError())
              .toList();
    }
  }

  private static List<String> images() throws IOException {
    return artifacts().stream().map(each -> (String) each.get("image")).toList();
  }

  private static List<Map<?, ?>> artifacts() throws IOException {
    return ((List<?>) at(skaffold(), "build", "artifacts"))
        .stream().<Map<?, ?>>map(each -> (Map<?, ?>) each).toList();
  }

  private static Map<?, ?> skaffold() throws IOException {
    return yaml(FILE);
  }

  private static Map<?, ?> yaml(Path file) throws IOException {
    return new Yaml().load(Files.readString(file));
  }

  private static Object at(Object value, String... keys) {
    for (String key : keys) {
      value = ((Map<?, ?>) value).get(key);
    }
    return value;
  }
}
