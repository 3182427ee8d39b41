# $1 KIND, $2 DESTINATION, $3 NAME. Reads a tar from stdin, in pieces.
set -eu
destination=${2:-.}
case $destination in
  -*) destination=./$destination ;;
esac
case $destination in
  */) parent=$destination ;;
  *) if [ -d "$destination" ]; then parent=$destination; else parent=$(dirname -- "$destination"); fi ;;
esac
beside "$parent"
mkdir "$tmp/content"
take tar -xpf - --no-same-owner -C "$tmp/content"
place "$tmp/content" "$1" "$destination" "$3"
