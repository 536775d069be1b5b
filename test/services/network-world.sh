#!/bin/sh
# A network of its own: NetworkManager on a private bus, in new mount and network namespaces.
#   network-world.sh FOLDER NICS
# NICs em01, em02, ... are veth pairs whose other ends sit on a bridge in a second network namespace, where a gateway
# (192.0.2.1) answers. Says `ready` when NetworkManager is on the bus; ends with its parent.
# NODE tells the NICs of worlds on one wire apart.
# With UDEV=1 a real udev looks after the NICs, and gives each that is renamed its old name as an alternative one.
set -eu
folder=$1
nics=$2
udev=${UDEV:-0}
mkdir -p "$folder/etc" "$folder/run" "$folder/var"
for dir in run var; do mkdir -p "$folder/$dir/NetworkManager"; done
mount --make-rprivate /
# An /etc of its own over the machine's, where the kernel can.
mkdir -p "$folder/over"
mount -t tmpfs tmpfs "$folder/over"
mkdir "$folder/over/upper" "$folder/over/work"
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$folder/over/upper,workdir=$folder/over/work" /etc || :
mount -t tmpfs tmpfs /run/NetworkManager 2>/dev/null || { mkdir -p /run/NetworkManager && mount -t tmpfs tmpfs /run/NetworkManager; }
mount -t tmpfs tmpfs /var/lib/NetworkManager
mkdir -p "$folder/etc/system-connections" "$folder/etc/conf.d"
mount --bind "$folder/etc" /etc/NetworkManager
cp /etc/resolv.conf "$folder/resolv.conf"
mount --bind "$folder/resolv.conf" /etc/resolv.conf
# What systemd would do: the one order that is given to it here.
cat > "$folder/systemctl" <<CTL
#!/bin/sh
[ "\$*" = "restart NetworkManager.service" ] || { echo "systemctl \$*: not here" >&2; exit 1; }
old=\$(cat "$folder/nm.pid")
kill "\$old"
until [ "\$(cat "$folder/nm.pid")" != "\$old" ]; do sleep 0.05; done
CTL
chmod +x "$folder/systemctl"
mount --bind "$folder/systemctl" "$(command -v systemctl)" || :
mkdir -p "$folder/links" /etc/systemd/network
mount --bind "$folder/links" /etc/systemd/network
# Read-only: NetworkManager then does not wait for udev.
if [ "$udev" = 1 ]; then mount -t sysfs sysfs /sys; else mount -t sysfs -o ro sysfs /sys; fi
cat > /etc/NetworkManager/NetworkManager.conf <<CONF
[main]
plugins=keyfile
dns=none
rc-manager=unmanaged
no-auto-default=*
[logging]
level=INFO
[connectivity]
enabled=false
CONF

name_of() { printf 'em%02d' "$1"; }
mac_of() { printf '52:54:00:00:%02x:%02x' "${NODE:-0}" "$1"; }

if [ "$udev" = 1 ]; then
  # Names that real NICs have by their slot, and virtual Ethernet has not.
  for i in $(seq "$nics"); do
    printf '[Match]\nMACAddress=%s\n\n[Link]\nNamePolicy=keep\nAlternativeName=%s\n' "$(mac_of "$i")" "$(name_of "$i")" > "$folder/links/90-slot$i.link"
  done
  mkdir -p /run/udev
  mount -t tmpfs tmpfs /run/udev
  mkdir -p /run/udev/rules.d
  # Debian's rules leave virtual Ethernet alone; it stands for NICs here.
  echo 'SUBSYSTEM=="net", ENV{ID_NET_DRIVER}=="veth", ENV{NM_UNMANAGED}="0"' > /run/udev/rules.d/86-nics.rules
  /lib/systemd/systemd-udevd > "$folder/udev.log" 2>&1 &
  udevd=$!
  until udevadm control --ping --timeout=1 2>/dev/null; do sleep 0.02; done
fi

ip link set lo up
# The far side: one switch, one gateway.
unshare -n sleep infinity &
far=$!
echo "$far" > "$folder/far.pid"
until [ "$(readlink /proc/$far/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do sleep 0.02; done
on_far() { nsenter -t "$far" -n "$@"; }
on_far ip link set lo up
on_far ip link add sw0 type bridge
on_far ip link set sw0 up
on_far ip addr add 192.0.2.1/24 dev sw0
i=1
while [ "$i" -le "$nics" ]; do
  name=$(name_of "$i")
  mac=$(mac_of "$i")
  ip link add "$name" address "$mac" type veth peer name "far$i" netns "$far"
  on_far ip link set "far$i" master sw0
  on_far ip link set "far$i" up
  i=$((i + 1))
done

cat > "$folder/bus.conf" <<CONF
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=$folder/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/><allow send_type="signal"/>
  <allow send_requested_reply="true"/><allow receive_requested_reply="true"/><allow receive_type="method_call"/><allow receive_type="signal"/></policy>
</busconfig>
CONF
# The bus and NetworkManager are started again when they end, as systemd does.
kept_bus() {
  daemon=
  trap 'kill $daemon 2>/dev/null; exit 0' TERM
  while :; do
    rm -f "$folder/bus"
    dbus-daemon --config-file="$folder/bus.conf" --nofork --nopidfile &
    daemon=$!
    echo "$daemon" > "$folder/bus.pid"
    wait "$daemon" || true
  done
}
kept_bus &
bus=$!
until [ -S "$folder/bus" ]; do sleep 0.02; done
export DBUS_SYSTEM_BUS_ADDRESS="unix:path=$folder/bus"

manager=
trap 'kill $manager $bus $far ${udevd:-} 2>/dev/null; exit 0' TERM INT HUP EXIT
echo ready
while :; do
  NetworkManager --debug >> "$folder/nm.log" 2>&1 &
  manager=$!
  echo "$manager" > "$folder/nm.pid"
  wait "$manager" || true
done
