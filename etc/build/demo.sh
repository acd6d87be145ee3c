#!/usr/bin/env bash
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

# `./pinion demo`: three peers on this machine, with nothing but the distribution's own commands.
# Arguments: the distribution, the project's folder, then those of the user.
set -euo pipefail
service=$1/bin/ipfs-cluster-service
ctl=$1/bin/ipfs-cluster-ctl
root=$2
shift 2

dir=$root/target/demo
port=9094
once=
paths=()
while [ $# -gt 0 ]; do
    case $1 in
        --dir) dir=${2:?--dir needs a folder} && shift 2 ;;
        --port) port=${2:?--port needs a number} && shift 2 ;;
        --once) once=1 && shift ;;
        -*) echo "demo: unknown option $1" >&2 && exit 1 ;;
        *) paths+=("$1") && shift ;;
    esac
done
if [ ${#paths[@]} -eq 0 ]; then
    for path in "$root/docs" "$root/README.md"; do
        [ ! -e "$path" ] || paths+=("$path")
    done
fi
for path in "${paths[@]}"; do
    [ -e "$path" ] || { echo "demo: no such file or folder: $path" >&2 && exit 1; }
done

say() { printf '\n== %s\n' "$*"; }
in_use() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Six ports a peer: REST API, cluster, IPFS swarm, IPFS RPC, IPFS proxy, pinning service.
ports_free() {
    local i
    for ((i = 0; i < 18; i++)); do
        ! in_use $(($1 + i)) || return 1
    done
}

api() { echo "/ip4/127.0.0.1/tcp/$(<"$dir/peer$1/demo.port")"; }
peer_ctl() {
    local peer=$1
    shift
    "$ctl" --host "$(api "$peer")" "$@"
}

make_peers() {
    while ! ports_free "$port"; do port=$((port + 20)); done
    mkdir -p "$dir"
    local secret i p json
    secret=$(od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n')
    for i in 0 1 2; do
        p=$((port + 6 * i))
        CLUSTER_SECRET=$secret "$service" --config "$dir/peer$i" init --ipfs embedded >"$dir/init.log" 2>&1 || {
            cat "$dir/init.log" >&2
            exit 1
        }
        json=$dir/peer$i/service.json
        # Ports of its own, and the short intervals of a local network.
        sed -i.init \
            -e 's#/tcp/9094"#/tcp/@0"#; s#/tcp/9095"#/tcp/@4"#; s#/tcp/9097"#/tcp/@5"#; s#/tcp/4001"#/tcp/@2"#; s#/tcp/5001"#/tcp/@3"#' \
            -e 's#/ip4/0.0.0.0/\([a-z]*\)/9096#/ip4/127.0.0.1/\1/@1#' \
            -e "s#/@0#/$p#; s#/@1#/$((p + 1))#; s#/@2#/$((p + 2))#; s#/@3#/$((p + 3))#; s#/@4#/$((p + 4))#; s#/@5#/$((p + 5))#" \
            -e "s#\"peername\": \".*\"#\"peername\": \"peer$i\"#" \
            -e 's#"mdns_interval": ".*"#"mdns_interval": "0s"#; s#"monitor_ping_interval": ".*"#"monitor_ping_interval": "2s"#' \
            -e 's#"rebroadcast_interval": ".*"#"rebroadcast_interval": "5s"#; s#"check_interval": ".*"#"check_interval": "2s"#' \
            -e 's#"metric_ttl": ".*"#"metric_ttl": "6s"#' "$json"
        rm -f "$json.init"
        echo "$p" >"$dir/peer$i/demo.port"
    done
    for i in 0 1 2; do
        for j in 0 1 2; do
            [ "$i" = "$j" ] || printf '/ip4/127.0.0.1/tcp/%s/p2p/%s\n' "$(($(<"$dir/peer$j/demo.port") + 1))" \
                "$(sed -n 's/.*"id": "\(.*\)".*/\1/p' "$dir/peer$j/identity.json")"
        done >"$dir/peer$i/peerstore"
    done
}

pids=()
stop_peers() {
    trap '' INT TERM HUP
    [ ${#pids[@]} -gt 0 ] || return 0
    say "stopping"
    kill -TERM "${pids[@]}" 2>/dev/null || true
    wait "${pids[@]}" 2>/dev/null || true
    pids=()
}

# wait_for SECONDS TEXT COMMAND...: until the command succeeds; fails when a peer ends before.
wait_for() {
    local end=$((SECONDS + $1)) text=$2
    shift 2
    until "$@" 2>/dev/null; do
        for i in "${!pids[@]}"; do
            kill -0 "${pids[$i]}" 2>/dev/null || {
                echo "demo: peer$i ended; the last lines of $dir/peer$i/daemon.log:" >&2
                tail -n 20 "$dir/peer$i/daemon.log" >&2
                exit 1
            }
        done
        [ $SECONDS -lt $end ] || {
            echo "demo: $text: not within the time; see $dir/peer*/daemon.log" >&2
            exit 1
        }
        sleep 0.3
    done
}

answers() { peer_ctl "$1" id >/dev/null; }
sees_all() { [ "$(peer_ctl "$1" peers ls | grep -c 'Sees 2 other peers')" -eq 3 ]; }
pinned_on_all() { [ "$(peer_ctl 2 status "$1" | grep -c ': PINNED')" -eq 3 ]; }

if [ -e "$dir/peer2/demo.port" ]; then
    say "three peers, again, in $dir"
else
    say "making three peers in $dir"
    make_peers
fi

trap stop_peers EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
# Own process groups: ctrl-C reaches this script alone, which then stops the peers in order.
set -m
for i in 0 1 2; do
    "$service" --config "$dir/peer$i" daemon >"$dir/peer$i/daemon.log" 2>&1 </dev/null &
    pids+=($!)
done
set +m
for i in 0 1 2; do
    wait_for 90 "peer$i answers" answers "$i"
done
wait_for 60 "the peers see each other" sees_all 0

before=$(peer_ctl 0 pin ls | wc -l)
[ "$before" -eq 0 ] || say "pins found from before: $before"

cids=()
for path in "${paths[@]}"; do
    say "adding $path to peer0"
    cids+=("$(peer_ctl 0 add -r --name "$(basename "$path")" --quieter "$path" | tail -n 1)")
    echo "${cids[-1]}"
done
for cid in "${cids[@]}"; do
    wait_for 120 "$cid pinned on all three peers" pinned_on_all "$cid"
done

say "peers ls"
peer_ctl 0 peers ls
say "pin ls, asked at peer1"
peer_ctl 1 pin ls
say "status, asked at peer2"
for cid in "${cids[@]}"; do
    peer_ctl 2 status "$cid"
done
[ -z "$once" ] || exit 0

say "addresses"
for i in 0 1 2; do
    p=$(<"$dir/peer$i/demo.port")
    echo "peer$i  REST API http://127.0.0.1:$p  IPFS /ip4/127.0.0.1/tcp/$((p + 2))  log $dir/peer$i/daemon.log"
done
echo
echo "try:   $ctl --host $(api 1) status"
echo "stop:  ctrl-C; the next ./pinion demo finds these pins again"
wait "${pids[@]}"
