#!/usr/bin/env bash
#
# gra in a minikube of its own, on this machine: ./minikube-setup.sh [options]
#
#   --profile NAME   minikube's profile, which is kubectl's context too (gra)
#   --cpus N         how many CPUs it gets when it is made (4)
#   --memory SIZE    how much memory it gets when it is made (16g)
#   --driver NAME    what minikube runs in: docker, kvm2, podman ... (minikube's own choice)
#   --cni NAME       its network: minikube's default one does NOT enforce the NetworkPolicies that keep runners away
#                    from grad, the API server and your network; calico does
#   --help           this
#
# GRA_MINIKUBE_PROFILE, _CPUS, _MEMORY, _DRIVER and _CNI say the same. Makes and starts the profile, builds gra's images
# into it, deploys kustomize/overlays/minikube, waits for grad, points gractl at it, and runs one command in a pod. Doing
# it again does what is missing or has changed since. Delete all of it by: minikube delete -p gra
set -euo pipefail

cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
# shellcheck source=.mvn/jdk25.sh
. .mvn/jdk25.sh

profile=${GRA_MINIKUBE_PROFILE:-gra}
cpus=${GRA_MINIKUBE_CPUS:-}
memory=${GRA_MINIKUBE_MEMORY:-}
driver=${GRA_MINIKUBE_DRIVER:-}
cni=${GRA_MINIKUBE_CNI:-}
patience=180
begin=$SECONDS

say() { printf '%s\n' "$*" >&2; }
step() { printf '\n=== %s (%d s so far)\n' "$*" $((SECONDS - begin)) >&2; }

fail() {
  say "minikube-setup.sh: $*"
  exit 1
}

usage() { sed -n '3,17s/^# \{0,1\}//p' "$0"; }

wrong() {
  say "minikube-setup.sh: $*. Try: ./minikube-setup.sh --help"
  exit 2
}

parse() {
  local option
  while [ $# -gt 0 ]; do
    option=$1
    case $option in
      -h | --help) usage && exit ;;
      --*=*)
        set -- "${option%%=*}" "${option#*=}" "${@:2}"
        continue
        ;;
      -p | --profile | --cpus | --memory | --driver | --cni)
        [ -n "${2:-}" ] || wrong "$option wants a value"
        ;;
      *) wrong "there is no option $option" ;;
    esac
    case $option in
      -p | --profile) profile=$2 ;;
      --cpus) cpus=$2 ;;
      --memory) memory=$2 ;;
      --driver) driver=$2 ;;
      --cni) cni=$2 ;;
    esac
    shift 2
  done
  [[ ${cpus:-4} =~ ^[0-9]+$ ]] || wrong "--cpus wants a number, not $cpus"
  [[ ${memory:-16g} =~ ^[0-9]+([mMgG][bB]?)?$ ]] || wrong "--memory wants a size such as 16g, not $memory"
}

mk() { minikube --profile "$profile" "$@"; }
kubectl() { command kubectl --context "$profile" "$@"; }
gractl() { ./jbang scripts/gractl.java "$@"; }

# --- What must be there ---

need() { # need COMMAND HOW
  type -P "$1" >/dev/null || fail "there is no $1. Try: $2"
}

check_tools() {
  [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || fail "gra's images want Linux on x86_64. Try: such a machine"
  need minikube "https://minikube.sigs.k8s.io/docs/start"
  need kubectl "https://kubernetes.io/docs/tasks/tools"
  need openssl "apt-get install openssl"
  use_jdk25 || fail "there is no JDK 25. Try: $JDK25_HELP"
  need mvn "apt-get install maven (3.8.7 or later)"
  # The images are built by what is in the node already, so this machine needs no docker for it.
  minikube image build --help >/dev/null 2>&1 || fail "this minikube can't build images. Try: https://minikube.sigs.k8s.io/docs/start for a newer one"
}

mebibytes() {
  case ${1,,} in
    *g | *gb) echo $((${1%%[gG]*} * 1024)) ;;
    *) echo "${1%%[mM]*}" ;;
  esac
}

# Only what is made is asked for: an existing profile has what it has.
check_room() {
  local has want
  has=$(($(getconf _PHYS_PAGES) * $(getconf PAGE_SIZE) / 1024 / 1024))
  want=$(mebibytes "$memory")
  [ "$has" -ge "$want" ] || fail "minikube shall get $memory of memory, and this machine has $((has / 1024)) GiB in all. Try: ./minikube-setup.sh --memory $((has * 3 / 4 / 1024))g"
  [ "$(nproc)" -ge "$cpus" ] || fail "minikube shall get $cpus CPUs, and this machine has $(nproc). Try: ./minikube-setup.sh --cpus $(nproc)"
}

# --- minikube ---

start() { # start OPTIONS...
  local log status=0
  log=$(mktemp)
  mk start "$@" 2>&1 | tee "$log" >&2 || status=$?
  # Its reason begins "X Exiting due to", or with a sign in place of the X.
  reason=$({ grep -m1 -o 'Exiting due to .*' "$log" || tail -n 1 "$log"; } || true)
  rm -f "$log"
  [ $status = 0 ] || fail "minikube did not start: $reason. Try: what it says above, or minikube delete -p $profile and this again, or another --driver"
}

make_profile() {
  cpus=${cpus:-4} memory=${memory:-16g}
  check_room
  start --cpus "$cpus" --memory "$memory" ${driver:+--driver "$driver"} ${cni:+--cni "$cni"}
}

# `minikube status` exits with 85 where there is no such profile, and with other codes where something of it doesn't run.
up() {
  local status=0
  mk status >/dev/null 2>&1 || status=$?
  case $status in
    85) make_profile && return ;;
    0) say "runs already" ;;
    *) start ;;
  esac
  [ -z "$cpus$memory$driver$cni" ] || say "The profile was there before: --cpus, --memory, --driver and --cni are for new ones. Try: minikube delete -p $profile, and this again"
}

# --- The images ---

digest() { # digest CONTEXT NAME
  (cd "$1" && find gra-dist.sha256 "$2-image" -type f -print0 | sort -z | xargs -0 sha256sum) | sha256sum | cut -c 1-16
}

has_image() { mk image ls | grep -xF "$1" >/dev/null; }

# A tag that says what an image is of shows whether it is there; minikube's exit code doesn't, which is 0 also where the
# build failed.
image() { # image CONTEXT NAME TAG
  local image=localhost/gra-$2
  if has_image "$image:$3"; then
    say "$image is there already"
  else
    mk image build --tag "$image:$3" --file "$2-image/Dockerfile" "$1" >&2 || true
    has_image "$image:$3" || fail "$image could not be built: its step's own words are above. Try: ./minikube-setup.sh again; it wants docker.io, deb.debian.org and pypi.org from inside of minikube (minikube -p $profile ssh)"
  fi
  mk image tag "$image:$3" "$image:dev" >&2
}

# --- grad ---

# Why its pods aren't ready: what the scheduler, the kubelet and grad itself say.
pods_words() {
  local newest
  kubectl --namespace gra get pods --output wide || true
  kubectl --namespace gra get pods --output \
    jsonpath='{range .items[*]}{.status.conditions[?(@.reason=="Unschedulable")].message}{"\n"}{range .status.containerStatuses[*]}{.state.waiting.reason} {.state.waiting.message}{.lastState.terminated.message}{"\n"}{end}{end}' | grep '[^ ]' || true
  kubectl --namespace gra get events --field-selector type=Warning \
    --output jsonpath='{range .items[*]}{.involvedObject.name}: {.message}{"\n"}{end}' | tail -n 5 || true
  newest=$(kubectl --namespace gra get pods --sort-by .metadata.creationTimestamp --output name | tail -n 1) || true
  [ -z "$newest" ] || kubectl --namespace gra logs "$newest" --tail 10 || true
}

deploy() { # deploy TAG
  kustomize/self-signed --context "$profile" >&2 || fail "the certificate for grad could not be made. Try: what it says above"
  kubectl apply --kustomize kustomize/overlays/minikube >&2 ||
    fail "kustomize/overlays/minikube could not be applied. Try: kubectl --context $profile get --raw /readyz, then ./minikube-setup.sh again"
  # An image keeps its name when it is built anew, so it is this that makes grad start again; unchanged, it does nothing.
  kubectl --namespace gra patch deployment grad --patch \
    "{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{\"gra.dev/image\":\"$1\"}}}}}" >&2
  if ! kubectl --namespace gra rollout status deployment/grad --timeout "${patience}s" >&2; then
    pods_words >&2
    fail "grad did not become ready in $patience s: its pod's own words are above. Try: kubectl --context $profile -n gra describe pods"
  fi
}

# By the plugin's daemon: asking the node says nothing of it.
tell_of_network() {
  if ! kubectl --namespace kube-system get daemonsets --output name | grep -E 'calico|cilium|antrea|kube-router' >/dev/null; then
    say "This minikube's network does not enforce NetworkPolicies: runners reach grad, the API server and your own network."
    say "Try: minikube delete -p $profile, and ./minikube-setup.sh --cni calico"
  fi
}

parse "$@"
step "What is needed"
check_tools
say "Takes some minutes the first time, most of them downloads: minikube's own, and the images' (unpacked, the runner's"
say "has 813 MB, grad's some 250). Later only what has changed is done again."

step "minikube, profile $profile"
up

step "The images"
context=$(./image-context) || fail "what the images are built of could not be laid out. Try: what it says above"
runner=$(digest "$context" runner)
grad=$(digest "$context" grad)
image "$context" runner "$runner"
image "$context" grad "$grad"

step "grad"
deploy "$grad"

step "gractl"
gractl config use-cluster --context "$profile" >&2 || fail "gractl can't reach grad. Try: what it says above, then ./minikube-setup.sh again"
gractl doctor >&2 || fail "something doesn't work yet. Try: what gractl doctor says above, then ./minikube-setup.sh again"

step "A command in a pod"
gractl exec -- python3 -c 'import pandas, platform; print("pandas", pandas.__version__, "in the pod", platform.node())' ||
  fail "no command could be run. Try: what it says above, then ./minikube-setup.sh again"

step "All is well"
tell_of_network
say "Next: ./jbang scripts/gractl.java exec -- uname -a      Delete all of it: minikube delete -p $profile"
