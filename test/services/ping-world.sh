#!/bin/sh
# A network of its own for the network tests: em01 (192.0.2.4, 2001:db8::4) on a wire to a gateway (192.0.2.1), which
# also answers DNS there; 192.0.2.2 is silent. Runs its arguments in it.
set -eu
here=$(dirname "$(readlink -f "$0")")
node=$here/../../node_modules/.bin/node
ip link set lo up
unshare -n sleep infinity > /dev/null < /dev/null &
far=$!
trap 'kill $far' EXIT
until [ "$(readlink /proc/$far/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do sleep 0.02; done
on_far() { nsenter -t "$far" -n "$@"; }
ip link add em01 type veth peer name far1 netns "$far"
on_far ip link set lo up
on_far ip link set far1 up
on_far ip addr add 192.0.2.1/24 dev far1
on_far ip addr add 192.0.2.53/24 dev far1
ip link set em01 up
ip addr add 192.0.2.4/24 dev em01
ip -6 addr add 2001:db8::4/64 dev em01 nodad
ip route add default via 192.0.2.1
resolv=$(mktemp)
echo "nameserver 192.0.2.53
nameserver 192.0.2.1
nameserver 192.0.2.2" > "$resolv"
mount --bind "$resolv" /etc/resolv.conf
# Not through the function: its subshell would be what is killed below, and the server would keep our output open.
nsenter -t "$far" -n "$node" "$here/name-server.ts" 192.0.2.53 > /dev/null < /dev/null &
server=$!
trap 'kill $far $server; rm -f "$resolv"' EXIT
# Its port, 53, is taken.
until on_far grep -q ':0035 ' /proc/self/net/udp; do sleep 0.02; done
"$node" "$@"
