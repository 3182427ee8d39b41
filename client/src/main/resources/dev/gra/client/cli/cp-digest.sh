# digest ROOT PATH: one SHA-256 over the bytes, names, modes and links of the tree PATH in ROOT.
digest() (
  cd -- "$1"
  {
    find "$2" -type f -exec sha256sum -z -- {} +
    find "$2" -type f -printf 'f %m %s %p\0'
    find "$2" ! -type f ! -type s -printf '%y %m %p %l\0'
  } | LC_ALL=C sort -z | sha256sum | cut -d ' ' -f 1
)
