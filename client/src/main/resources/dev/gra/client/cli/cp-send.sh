# $1: what to send. Says "gra-cp KIND BYTES" on stderr, then sends a tar on stdout.
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
bytes=$(du -sb -- "$source" 2>/dev/null | cut -f 1)
echo "gra-cp $kind $bytes" >&2
give tar -cf - -C "$root" "$member"
