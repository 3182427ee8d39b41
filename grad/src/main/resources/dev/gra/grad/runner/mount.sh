# shellcheck shell=bash
# Keeps a part of an S3 bucket mounted by s3fs, until SIGTERM. It ends by itself only if the first mount fails.
#
#   bash -c "$(cat mount.sh)" gra-mount NAME DIRECTORY MARK BUCKET:/PREFIX OPTIONS
#
# NAME is what the dataset is called, MARK a file that is there once it was mounted. The key is in the environment, as
# s3fs takes it. DIRECTORY can't be read while nothing is mounted there, so that nobody takes it for empty data.
set -u
name=$1 directory=$2 mark=$3 source=$4 options=$5
words=${TMPDIR:-/tmp}/gra-words-$name
child='' sleeper=''

# By itself s3fs gives up connecting only after some 40 s.
FIRST_SECONDS=20
LOOK_SECONDS=5
RETRY_SECONDS=2

say() {
  echo "dataset $name $*" >&2
}

fail() {
  say "can't be mounted: $*"
  if [ -w /dev/termination-log ]; then echo "dataset $name can't be mounted: $*" >/dev/termination-log; fi
  rm -f "$words"
  exit 1
}

# What s3fs said last, without its time and its sources' lines.
last_words() {
  local line
  line=$(grep -v '\[INF\]' "$words" | tail -n 1 | sed 's/^.*\[CRT\] [^ ]* //')
  echo "${line:-s3fs ended}"
}

# Ends with s3fs too; and signals are heard while it waits.
nap() {
  sleep "$1" &
  sleeper=$!
  wait -n "$sleeper" ${child:+"$child"}
  kill "$sleeper" 2>/dev/null
}

# A mount whose s3fs died is none, nor one that doesn't answer. One that is about to be given up has said so before.
mounted() {
  timeout 5 mountpoint -q "$directory" && ! grep -q 'result of checking service' "$words"
}

alive() {
  kill -0 "$child" 2>/dev/null
}

unmount() {
  if [ -n "$child" ]; then kill -KILL "$child" 2>/dev/null; wait "$child" 2>/dev/null; fi
  child=''
  # Of an earlier s3fs too. Lazily, for commands may have files open there.
  while umount -l "$directory" 2>/dev/null; do :; done
}

quit() {
  trap '' TERM
  if [ -n "$sleeper" ]; then kill "$sleeper" 2>/dev/null; fi
  if [ -n "$child" ]; then kill "$child" 2>/dev/null; timeout 1 tail --pid="$child" -f /dev/null; fi
  unmount
  rm -f "$words"
  exit 0
}
trap quit TERM

unmount
if [ ! -d "$directory" ]; then
  mkdir -p "$(dirname "$directory")" || fail "there is no place for it"
  mkdir -m 000 "$directory" || fail "there is no place for it"
fi
while :; do
  : >"$words"
  # It may use half of the room that is there now for what is being read; of what it reads nothing stays.
  free=$(df --output=avail -B 1M "${TMPDIR:-/tmp}" | tail -n 1)
  setpriv --pdeathsig KILL -- stdbuf -oL s3fs "$source" "$directory" -f \
    -o "$options,tmpdir=${TMPDIR:-/tmp},ensure_diskfree=$((free / 2))" >>"$words" 2>&1 &
  child=$!
  begin=$SECONDS
  until mounted; do
    alive || break
    if [ $((SECONDS - begin)) -ge "$FIRST_SECONDS" ]; then echo "no answer within $FIRST_SECONDS s" >>"$words"; break; fi
    nap 0.1
  done
  if mounted; then
    if [ -e "$mark" ]; then say "is mounted again"; else : >"$mark"; fi
    while alive && mounted; do
      nap "$LOOK_SECONDS"
      if [ "$(stat -c %s "$words")" -gt 1000000 ]; then : >"$words"; fi
    done
    say "is not mounted any more: $(last_words)"
    unmount
  else
    unmount
    [ -e "$mark" ] || fail "$(last_words)"
    nap "$RETRY_SECONDS"
  fi
done
