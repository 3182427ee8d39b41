# sum: the SHA-256 of stdin. openssl is five times as fast as coreutils where those don't use it.
sum() {
  if command -v openssl >/dev/null; then openssl dgst -sha256 -r; else sha256sum; fi | cut -d ' ' -f 1
}
