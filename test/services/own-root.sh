#!/bin/sh
# Runs a command in a root of its own: this machine's system below, all that is written above it in FOLDER/upper. No
# systemd runs there, no network is there, and of packages of Enterprise Linux nothing is installed.
#   own-root.sh FOLDER COMMAND [ARG...]
set -eu
folder=$1
shift
[ -n "${ZS_OWN_ROOT:-}" ] || exec env ZS_OWN_ROOT=1 unshare --mount --net --pid --fork --kill-child --propagation private "$0" "$folder" "$@"
mkdir -p "$folder/upper" "$folder/work" "$folder/root" "$folder/given" "$folder/upper/var/cache/own-root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
mount -t proc proc "$folder/root/proc"
mount --rbind /dev "$folder/root/dev"
mount -t tmpfs tmpfs "$folder/root/run"
mount -t tmpfs tmpfs "$folder/root/tmp"
mkdir "$folder/root/tmp/given"
mount --bind "$folder/given" "$folder/root/tmp/given"
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/var/cache/own-root LANG=C.UTF-8 SYSTEMD_OFFLINE=1 chroot "$folder/root" "$@"
