# $1 KIND, $2 DIGEST, $3 DESTINATION, $4 NAME. Reads a tar from stdin.
set -eu
destination=${3:-.}
case $destination in
  -*) destination=./$destination ;;
esac
case $destination in
  */) parent=$destination ;;
  *) if [ -d "$destination" ]; then parent=$destination; else parent=$(dirname -- "$destination"); fi ;;
esac
mkdir -p -- "$parent"
tmp=$(mktemp -d "$parent/.gra-cp.XXXXXX")
trap 'rm -rf -- "$tmp"' EXIT
trap 'exit 143' HUP INT TERM
mkdir "$tmp/content"
tar -xpf - --no-same-owner -C "$tmp/content"
place "$tmp/content" "$1" "$2" "$destination" "$4"
