# place UNPACKED KIND DESTINATION NAME: puts what was unpacked where it belongs.
place() {
  content=$1 kind=$2 destination=${3:-.} name=$4
  if [ "$kind" = file ]; then
    set -- "$content"/* "$content"/.[!.]* "$content"/..?*
    for content in "$@"; do
      if [ -e "$content" ]; then break; fi
    done
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
