# shellcheck shell=bash
# Runs a sandbox with datasets mounted, in a mount namespace of its own: the mounts end with it, and nobody outside
# sees them, least of all who removes the runner's directory.
#
#   unshare --user --map-root-user --mount bash -c "$(cat mounted.sh)" gra-mounted MOUNT DIRECTORY MARKS COUNT \
#     (NAME PATH SECRET BUCKET:/PREFIX OPTIONS)... SANDBOX...
#
# MOUNT is mount.sh; PATH is below DIRECTORY; SECRET is the middle of the names of the variables with the key.
set -u
mount_script=$1 directory=$2 marks=$3 count=$4
shift 4

fail() {
  echo "datasets can't be mounted: $*" >&2
  exit 1
}

# Its own file system, which nobody can write to, and whose mounts of later the sandbox sees.
mount -t tmpfs -o mode=0755,size=1m gra-datasets "$directory" || fail "no mounts in a namespace of one's own here"
mount --make-shared "$directory" || fail "$directory can't be shared"
keepers=() names=()
for ((i = 0; i < count; i++)); do
  place=$directory/$2
  mkdir -p "$(dirname "$place")" || fail "there is no place for $1"
  mkdir -m 000 "$place" || fail "there is no place for $1"
  (
    id=GRA_SECRET_$3_AWS_ACCESS_KEY_ID key=GRA_SECRET_$3_AWS_SECRET_ACCESS_KEY token=GRA_SECRET_$3_AWS_SESSION_TOKEN
    unset AWSACCESSKEYID AWSSECRETACCESSKEY AWSSESSIONTOKEN AWS_SESSION_TOKEN
    export AWS_ACCESS_KEY_ID=${!id} AWS_SECRET_ACCESS_KEY=${!key}
    if [ -n "${!token-}" ]; then export AWS_SESSION_TOKEN=${!token}; fi
    export TMPDIR=$marks
    exec setpriv --pdeathsig KILL -- bash -c "$mount_script" gra-mount "$1" "$place" "$marks/$1" "$4" "$5" 3>&- 4<&-
  ) &
  keepers+=($!)
  names+=("$1")
  shift 5
done
mount -o remount,ro "$directory" || fail "$directory can't be made read-only"

end() {
  kill "${keepers[@]}" 2>/dev/null
  wait
  exit "$1"
}

# A sandbox that is started again doesn't wait for a server that is away.
for i in "${!keepers[@]}"; do
  until [ -e "$marks/${names[i]}" ]; do
    # It has said why.
    kill -0 "${keepers[i]}" 2>/dev/null || end 1
    sleep 0.05
  done
done
"$@"
end $?
