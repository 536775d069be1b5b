#!/bin/sh
# Makes a fresh Debian tree bootable as a test machine. Runs as a hook of mmdebstrap.
# usage: customize.sh ROOT GUEST_FILES PUBLIC_KEY ROOT_PASSWORD_FILE
set -eu
root=$1 files=$2 key=$3 password=$4
# The files are readable by everybody in the checkout; what must not be is set below.
cp -r "$files/." "$root/"
chmod 600 "$root"/etc/NetworkManager/system-connections/*
chmod 755 "$root/usr/local/lib/test-agent/agent.pl"
echo node1 > "$root/etc/hostname"
printf '127.0.0.1 localhost\n127.0.1.1 node1\n::1 localhost\n' > "$root/etc/hosts"
: > "$root/etc/fstab"
: > "$root/etc/machine-id"
printf 'root:%s\n' "$(cat "$password")" | chroot "$root" chpasswd
mkdir -p -m 700 "$root/root/.ssh"
cp "$key" "$root/root/.ssh/authorized_keys"
chmod 600 "$root/root/.ssh/authorized_keys"

# Timers and set-up that only cost emulated time, and servers that a test starts when it needs them.
chroot "$root" systemctl mask apt-daily.timer apt-daily-upgrade.timer man-db.timer e2scrub_all.timer \
	e2scrub_reap.service fstrim.timer dpkg-db-backup.timer NetworkManager-wait-online.service \
	networking.service console-setup.service keyboard-setup.service systemd-hwdb-update.service 2>/dev/null
chroot "$root" systemctl disable mariadb.service rabbitmq-server.service smartmontools.service 2>/dev/null
chroot "$root" systemctl enable test-agent.service 2>/dev/null
