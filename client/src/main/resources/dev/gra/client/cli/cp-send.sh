# $1: what to send. Says "gra-cp KIND DIGEST" on stderr, then sends a tar on stdout.
set -eu
if [ ! -e "$1" ]; then
  printf 'gra-cp-error %s: no such file or directory\n' "$1" >&2
  exit 66
fi
source=$(readlink -f -- "$1" && printf x)
source=${source%??}
if [ -d "$source" ]; then
  kind=tree root=$source member=.
else
  kind=file root=${source%/*} member=./${source##*/}
  root=${root:-/}
fi
echo "gra-cp $kind $(digest "$root" "$member")" >&2
if [ "${2:-}" = digest-only ]; then
  exit 0
fi
exec tar -cf - -C "$root" "$member"
