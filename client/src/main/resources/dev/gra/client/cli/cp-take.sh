# pieces: from stdin to stdout; each comes after a line with its length, the last of 0, and then their SHA-256.
pieces() {
  while read -r length; do
    if [ "$length" = 0 ]; then
      read -r sent
      echo "$sent" >"$tmp/sent"
      return
    fi
    dd bs=64k count="$length" iflag=count_bytes,fullblock status=none || return
  done
}
# take COMMAND…: gives it all the pieces; fails unless they are what was sent.
take() {
  { pieces | tee /dev/fd/3 | sum >"$tmp/sum"; } 3>&1 | "$@"
  if [ ! -s "$tmp/sent" ]; then
    echo "gra-cp-error the copy broke off" >&2
    return 65
  fi
  read -r sent <"$tmp/sent"
  read -r taken <"$tmp/sum"
  if [ "$taken" != "$sent" ]; then
    echo "gra-cp-error the copy is not what was sent (SHA-256 $taken, sent $sent)" >&2
    return 65
  fi
}
# beside DIRECTORY: makes $tmp in it, which goes away with this script. The rm is a new process, which
# who cancels an exec ends as well.
beside() {
  mkdir -p -- "$1"
  tmp=$(mktemp -d "$1/.gra-cp.XXXXXX")
  trap 'trap "" HUP INT TERM; rm -rf -- "$tmp"' EXIT
  trap 'exit 143' HUP INT TERM
}
