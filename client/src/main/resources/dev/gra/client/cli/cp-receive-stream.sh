# $1 DESTINATION. Reads a file from stdin, in pieces.
set -eu
destination=$1
case $destination in
  -*) destination=./$destination ;;
esac
if [ -z "$destination" ] || [ -d "$destination" ] || [ "${destination%/}" != "$destination" ]; then
  echo "gra-cp-error ${destination:-.} is a directory: what comes from stdin has no name of its own" >&2
  exit 65
fi
beside "$(dirname -- "$destination")"
take cat >"$tmp/content"
mv -f -T -- "$tmp/content" "$destination"
