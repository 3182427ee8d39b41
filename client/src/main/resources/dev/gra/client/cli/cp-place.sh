# place TMP KIND DIGEST DESTINATION NAME: checks what was unpacked into TMP, and puts it where it belongs.
place() {
  unpacked=$1 kind=$2 expected=$3 destination=${4:-.} name=$5
  if [ "$kind" = tree ]; then
    member=.
    content=$unpacked
  else
    set -- "$unpacked"/* "$unpacked"/.[!.]* "$unpacked"/..?*
    for content in "$@"; do
      if [ -e "$content" ]; then break; fi
    done
    member=./${content##*/}
  fi
  actual=$(digest "$unpacked" "$member")
  if [ "$actual" != "$expected" ]; then
    echo "gra-cp-error the copy is not what was sent (SHA-256 $actual, sent $expected)" >&2
    return 65
  fi
  case $destination in
    */) mkdir -p -- "$destination" && destination=$destination$name ;;
    *) if [ -d "$destination" ]; then destination=$destination/$name; fi ;;
  esac
  if [ "$kind" = file ] && [ -d "$destination" ]; then
    echo "gra-cp-error $destination is a directory" >&2
    return 65
  fi
  if [ -d "$destination" ] && [ ! -L "$destination" ]; then
    cp -a --remove-destination -T -- "$content" "$destination"
  else
    mv -f -T -- "$content" "$destination"
  fi
}
