# $1 DESTINATION. Reads a file from stdin, with 64 bytes after it: its SHA-256 in hexadecimal.
set -eu
destination=$1
case $destination in
  -*) destination=./$destination ;;
esac
if [ -z "$destination" ] || [ -d "$destination" ] || [ "${destination%/}" != "$destination" ]; then
  echo "gra-cp-error ${destination:-.} is a directory: what comes from stdin has no name of its own" >&2
  exit 65
fi
parent=$(dirname -- "$destination")
mkdir -p -- "$parent"
tmp=$(mktemp "$parent/.gra-cp.XXXXXX")
trap 'rm -f -- "$tmp"' EXIT
trap 'exit 143' HUP INT TERM
cat >"$tmp"
size=$(stat -c %s -- "$tmp")
expected=$(tail -c 64 -- "$tmp")
if [ "$size" -lt 64 ]; then
  echo "gra-cp-error stdin broke off" >&2
  exit 65
fi
truncate -s "$((size - 64))" -- "$tmp"
actual=$(sha256sum <"$tmp" | cut -d ' ' -f 1)
if [ "$actual" != "$expected" ]; then
  echo "gra-cp-error the copy is not what was sent (SHA-256 $actual, sent $expected)" >&2
  exit 65
fi
chmod "$(printf %o "$((0666 & ~$(umask)))")" -- "$tmp"
mv -f -T -- "$tmp" "$destination"
trap - EXIT
