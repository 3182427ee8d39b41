# $1: a file. Says "gra-cp file BYTES" on stderr, then sends it on stdout.
set -eu
source=$1
case $source in
  -*) source=./$source ;;
esac
if [ -d "$source" ] || [ ! -e "$source" ]; then
  why='no such file'
  if [ -d "$source" ]; then
    why='is a directory, which has no one stream'
  fi
  printf 'gra-cp-error %s: %s\n' "${1:-.}" "$why" >&2
  exit 66
fi
echo "gra-cp file $(stat -Lc %s -- "$source")" >&2
give cat -- "$source"
