#!/bin/sh
# Makes hostname, time zone and keyboard the program's own: systemd's real daemons on a private bus. Units are files:
# the systemctl of this machine has no systemd to talk to.
#   own-machine.sh FOLDER PROGRAM ARGUMENT...      in new mount and UTS namespaces, /etc being a copy already
set -eu
folder=$1
shift
mount --make-rprivate /
mount -t tmpfs tmpfs /run/dbus
mount -t tmpfs tmpfs /run/systemd
mkdir -p /run/systemd/system "$folder/services" "$folder/units"
echo "$folder/units" > /etc/test-units
mount --bind "$(dirname "$0")/units-double.sh" /usr/bin/systemctl
for name in hostname timedate locale; do
	daemon=${name}d
	printf '[D-BUS Service]\nName=org.freedesktop.%s1\nExec=/usr/lib/systemd/systemd-%s\nUser=root\n' "$name" "$daemon" \
		> "$folder/services/org.freedesktop.${name}1.service"
done
cat > "$folder/bus.conf" <<CONF
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <servicedir>$folder/services</servicedir>
  <policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/><allow send_type="signal"/>
  <allow send_requested_reply="true"/><allow receive_requested_reply="true"/><allow receive_type="method_call"/><allow receive_type="signal"/></policy>
</busconfig>
CONF
# What the kernel is told about the screen stays here.
: > "$folder/tty12"
echo 0 > "$folder/consoleblank"
for pair in tty12:/dev/tty12 consoleblank:/sys/module/kernel/parameters/consoleblank; do
	[ ! -e "${pair#*:}" ] || mount --bind "$folder/${pair%%:*}" "${pair#*:}"
done
# Without the right to set the clock: a kernel that was never told its zone moves the clock by it, for the whole machine.
setpriv --bounding-set=-sys_time --inh-caps=-all --pdeathsig KILL dbus-daemon --config-file="$folder/bus.conf" --nofork --nopidfile &
until [ -S /run/dbus/system_bus_socket ]; do sleep 0.02; done
exec "$@"
