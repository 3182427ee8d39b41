# shellcheck shell=bash
# Sourced by ./quickstart and ./image-context: builds and installs gra's jars, unless nothing changed since the last time.
# Wants the top of the tree as working directory, and JAVA_HOME.

# What the jars are made of, and with.
fingerprint() {
  {
    find pom.xml .mvn dist/pack runnerd/packaging ./*/pom.xml ./*/src/main -type f -print0 | sort -z | xargs -0 sha256sum
    cat "$JAVA_HOME/release"
  } | sha256sum | cut -d ' ' -f 1
}

# Where the last build installed the files of this name.
installed_as() {
  sed -n "s|.*Installing .* to \(/.*/$1\)\$|\1|p" target/build.log | sort -u
}

# What it installed, as it is now: another checkout may have installed others since.
installed() {
  installed_as '[^/]*' | xargs -r stat -c '%n %s %Y' 2>&1
}

progress() {
  local line begin=$SECONDS
  while IFS= read -r line; do
    if [[ $line =~ Building\ (.*)\ [0-9.]+\ +\[([0-9]+/[0-9]+)\] ]]; then
      printf '  %3d s  %-5s  %s\n' $((SECONDS - begin)) "${BASH_REMATCH[2]}" "${BASH_REMATCH[1]}"
    fi
  done
}

build() {
  local now
  mkdir -p target
  now=$(fingerprint)
  if [ -s target/build.stamp ] && [ "$(printf '%s\n' "$now" "$(installed)")" = "$(cat target/build.stamp)" ]; then
    echo "  nothing changed since the last build"
    return
  fi
  rm -f target/build.stamp
  if ! mvn -B -ntp -Dmaven.test.skip=true -Dspotless.check.skip=true -pl "!e2e" install </dev/null 2>&1 | tee target/build.log | progress; then
    grep -E '^\[(ERROR|FATAL)\]' target/build.log | head -30 >&2
    echo "the build failed; all of it is in target/build.log. Try: mvn -e -DskipTests install (the first build wants a network)" >&2
    return 1
  fi
  printf '%s\n' "$now" "$(installed)" >target/build.stamp
}
