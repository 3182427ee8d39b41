#!/bin/sh
# rsync starts this in place of ssh: it joins rsync to the exec that gractl runs. The first argument is a host's name,
# which means nothing here. What opens a pipe waits for gractl at its other end. rsync closes its own end only when this
# has ended: so it ends with the exec's output.
here=${0%/*}
shift
printf '%s\n' "$@" >"$here/command"
exec 3<&0
cat <&3 >"$here/up" &
exec cat <"$here/down" 3<&-
