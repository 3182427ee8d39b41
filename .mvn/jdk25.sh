# shellcheck shell=bash
# Sourced by ./jbang, ./quickstart and .ci/run: finds a JDK 25 and exports it as JAVA_HOME.

# The feature version of the JDK at $1, or nothing when there is none (a JRE without javac is none).
jdk_version() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
  sed -n 's/^JAVA_VERSION="\{0,1\}\([0-9]*\).*/\1/p' "$1/release"
}

use_jdk25() {
  local candidate java
  java=$(readlink -f "$(type -P java || true)" 2>/dev/null || true)
  for candidate in "${JAVA_HOME:-}" "${java%/bin/java}" /usr/lib/jvm/*25* \
    "$HOME"/.sdkman/candidates/java/25* "$HOME"/.jdks/*25* \
    "${JBANG_DIR:-$HOME/.jbang}"/cache/jdks/25*; do
    if [ -n "$candidate" ] && [ "$(jdk_version "$candidate")" = 25 ]; then
      export JAVA_HOME=$candidate
      return 0
    fi
  done
  return 1
}

# shellcheck disable=SC2034 # read by the scripts that source this one
JDK25_HELP="a package (temurin-25-jdk or openjdk-25-jdk), or 'sdk install java 25-tem' (https://sdkman.io), or https://adoptium.net; then set JAVA_HOME to it"
