# shellcheck shell=bash
# Sourced by the scripts that need it: finds a JDK 25 and exports it as JAVA_HOME.

# Is there a JDK 25 at $1? (A JRE, without javac, is none.)
is_jdk25() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] && [[ $(<"$1/release") =~ JAVA_VERSION=\"?25[.\"] ]]
}

use_jdk25() {
  local candidate java
  for candidate in "${JAVA_HOME:-}" /usr/lib/jvm/*25* "$HOME"/.sdkman/candidates/java/25* \
    "$HOME"/.jdks/*25* "${JBANG_DIR:-$HOME/.jbang}"/cache/jdks/25*; do
    if is_jdk25 "$candidate"; then
      export JAVA_HOME=$candidate
      return 0
    fi
  done
  java=$(readlink -f "$(type -P java)")
  is_jdk25 "${java%/bin/java}" && export JAVA_HOME=${java%/bin/java}
}

# shellcheck disable=SC2034 # read by the scripts that source this one
JDK25_HELP="a package (temurin-25-jdk or openjdk-25-jdk), or 'sdk install java 25-tem' (https://sdkman.io), or https://adoptium.net; then set JAVA_HOME to it"
