#!/usr/bin/env bash
# Stands in for minikube, kubectl and the rest that minikube-setup.sh calls: stand-in-minikube.sh NAME ARGUMENTS...
# Writes each call down in $STAND_IN/calls, answers as the real one would in the state that $STAND_IN holds, and refuses,
# written down in $STAND_IN/refused, what the real one would not understand.
set -euo pipefail

state=$STAND_IN
call="$*"
shift
printf '%s\n' "$call" >>"$state/calls"

refuse() {
  printf '%s: %s\n' "$1" "$call" | tee -a "$state/refused" >&2
  exit 64
}

running() { [ "$(cat "$state/profile")" = running ] || refuse "the profile is not running"; }
set_to() { printf '%s\n' "$2" >"$state/$1"; }
is() { [ -e "$state/$1" ]; }

# A call that begins like this fails so.
if is fails && [[ $call == "$(cat "$state/fails")"* ]]; then
  cat "$state/words" >&2
  exit 70
fi

build() { # --tag T --file F CONTEXT
  running
  if [ "$1 $3" != "--tag --file" ] || [ ! -f "$5/$4" ]; then refuse "not as image build is called"; fi
  echo "#1 building $2" >&2
  # As minikube does: 0 also where the build failed.
  is build-fails || echo "$2" >>"$state/images"
}

tag() {
  running
  grep -qxF "$1" "$state/images" || refuse "there is no such image"
  echo "$2" >>"$state/images"
}

apply() { # --kustomize DIR | --filename FILE
  [ -e "$2" ] || refuse "there is no $2"
  [ "$1" != --filename ] || set_to namespace gra
}

create_secret() { # NAME --cert C --key K
  if [ "$2 $4" != "--cert --key" ] || ! grep -q 'BEGIN PRIVATE KEY' "$5"; then refuse "not as a TLS secret is made"; fi
  cp "$3" "$state/tls.crt"
}

case $call in
  "nproc") cat "$state/cpus" ;;
  "getconf PAGE_SIZE") echo 4096 ;;
  "getconf _PHYS_PAGES") echo $(($(cat "$state/gibibytes") * 262144)) ;;
  "image-context") echo "$state/context" ;;
  "minikube image build --help") ;;
  "minikube --profile gra status")
    case $(cat "$state/profile") in
      running) ;;
      stopped) exit 7 ;;
      *) exit 85 ;;
    esac
    ;;
  "minikube --profile gra start"*) set_to profile running ;;
  "minikube --profile gra image ls") running && cat "$state/images" ;;
  "minikube --profile gra image build "*) build "${@:5}" ;;
  "minikube --profile gra image tag "*) tag "${@:5}" ;;
  "kubectl --context gra get namespace gra --output name --ignore-not-found")
    running
    if is namespace; then echo namespace/gra; fi
    ;;
  "kubectl --context gra apply "*) running && apply "${@:4}" ;;
  "kubectl --context gra --namespace gra get secret gra-tls --output name --ignore-not-found")
    if is tls.crt; then echo secret/gra-tls; fi
    ;;
  "kubectl --context gra --namespace gra create secret tls gra-tls "*) create_secret "${@:8}" ;;
  "kubectl --context gra --namespace gra patch deployment grad --patch "*) echo "deployment.apps/grad patched" ;;
  "kubectl --context gra --namespace gra rollout status deployment/grad --timeout 180s")
    if is never-ready; then echo "error: timed out waiting for the condition" >&2 && exit 1; fi
    ;;
  "kubectl --context gra --namespace gra get pods --output wide") echo "grad-1   0/1" ;;
  "kubectl --context gra --namespace gra get pods --output jsonpath="*) echo "ErrImagePull no such host" ;;
  "kubectl --context gra --namespace gra get pods --sort-by .metadata.creationTimestamp --output name") echo pod/grad-1 ;;
  "kubectl --context gra --namespace gra get events --field-selector type=Warning --output jsonpath="*) echo "grad-1: Back-off" ;;
  "kubectl --context gra --namespace gra logs pod/grad-1 --tail 10") echo "grad: the certificate can't be read" ;;
  "kubectl --context gra --namespace kube-system get daemonsets --output name")
    if is calico; then echo daemonset.apps/calico-node; else echo daemonset.apps/kube-proxy; fi
    ;;
  "jbang scripts/gractl.java config use-cluster --context gra") ;;
  "jbang scripts/gractl.java doctor") ;;
  "jbang scripts/gractl.java exec -- python3 -c "*) echo "pandas in the pod" ;;
  *) refuse "the stand-in knows no such call" ;;
esac
