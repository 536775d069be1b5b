#!/bin/sh
# Installs our package in a mounted root as a user would.
# usage: install.sh ROOT DEB
set -eu
root=$1 deb=$2
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
cp "$deb" "$root/var/tmp/package.deb"
SYSTEMD_OFFLINE=1 DEBIAN_FRONTEND=noninteractive chroot "$root" dpkg --install /var/tmp/package.deb
rm "$root/var/tmp/package.deb"
umount "$root/dev" "$root/proc"
