#!/bin/sh
# Adds Debian packages to a mounted root, from the sources that it was made from.
# usage: add.sh ROOT PACKAGE...
set -eu
root=$1
shift
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
cp /etc/resolv.conf "$root/etc/resolv.conf"
export DEBIAN_FRONTEND=noninteractive SYSTEMD_OFFLINE=1
chroot "$root" apt-get -qq update
chroot "$root" apt-get -qq install --no-install-recommends "$@" > /dev/null
chroot "$root" apt-get -qq clean
rm "$root/etc/resolv.conf"
umount "$root/dev" "$root/proc"
