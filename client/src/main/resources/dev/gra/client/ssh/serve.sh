# $1 the public key that may log in, $2 a file name for it, $3 the user whom ssh logs in as.
# An sshd for one connection, on stdin and stdout. Before it, a line for gractl: the key of this host.
set -eu
mask=$(umask)
umask 077
fail() {
  printf 'gra-ssh-error %s\n' "$1" >&2
  exit 1
}
sshd=$(PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin && command -v sshd) || fail 'SSHD_MISSING'
user=$(id -un 2>/dev/null) || fail "SSH_USER uid $(id -u) has no name in its /etc/passwd, which sshd wants"
[ "$user" = "$3" ] || fail "SSH_USER its commands run as $user, and ssh asks for $3"

directory=$PWD/.gra/ssh
key=$directory/host_key
allowed=$directory/allowed/$2
session=$directory/session
put() {
  cat >"$1.$$" && mv -f "$1.$$" "$1"
}
if [ ! -s "$key.pub" ]; then
  mkdir -p "$directory/allowed"
  echo '*' | put "$PWD/.gra/.gitignore"
  made=$(mktemp -d "$directory/new.XXXXXX")
  ssh-keygen -q -t ed25519 -N '' -C '' -f "$made/key" || fail 'SSHD_MISSING'
  # Of two that come at once, the first one's key stays; both say which.
  ln "$made/key" "$key" 2>/dev/null || [ -s "$key" ]
  ssh-keygen -y -f "$key" | put "$key.pub"
  rm -rf "$made"
fi
[ -f "$allowed" ] || printf '%s\n' "$1" | put "$allowed"

# A session has the environment that an exec has, and begins in the workspace.
text=$(
  unset GRA_EXEC_ID TRACEPARENT TRACESTATE TERM OLDPWD SHLVL _
  export -p
  # shellcheck disable=SC2016 # All of it is for the session's shell.
  printf '%s\n' 'cd "${0%/.gra/ssh/session}"' 'command=${SSH_ORIGINAL_COMMAND-}' 'unset SSH_ORIGINAL_COMMAND' \
    '[ -n "$command" ] || exec "$SHELL"' 'exec "$SHELL" -c "$command"'
)
if [ ! -f "$session" ] || [ "$(cat "$session")" != "$text" ]; then
  printf '%s\n' "$text" | put "$session"
fi

sftp=internal-sftp
for each in /usr/lib/openssh /usr/libexec/openssh /usr/lib/ssh /usr/libexec /usr/lib/misc; do
  [ ! -x "$each/sftp-server" ] || sftp=$each/sftp-server
done
read -r type blob _ <"$key.pub"
printf 'gra-ssh %s %s\n' "$type" "$blob"
umask "$mask"
exec "$sshd" -i -e -f none -o LogLevel=FATAL -o "HostKey=\"$key\"" -o "AuthorizedKeysFile=\"$allowed\"" \
  -o AuthenticationMethods=publickey -o StrictModes=no -o UsePAM=no -o PrintMotd=no -o PrintLastLog=no \
  -o StreamLocalBindUnlink=yes -o 'AcceptEnv=*' -o "Subsystem=sftp $sftp" \
  -o "ForceCommand=env GRA_EXEC_ID='${GRA_EXEC_ID-}' sh '$session'"
