#!/bin/sh
# Makes a mounted root with dnf a node as the installation image leaves it: our RPMs, the image as its repositories.
# usage: rpms.sh ROOT DVD ROLE NEWER     DVD: the image's files; NEWER: a newer image, which will lie in /srv with its checksum
set -eu
root=$1 dvd=$2 role=$3 newer=$4
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mkdir -p "$root/opt/zstack-dvd" "$root/etc/dnf"
cp -a "$dvd/." "$root/opt/zstack-dvd/"
cp "$newer" "$newer.sha256" "$root/srv"
# By these dnf and ours know the generation.
echo 'PLATFORM_ID="platform:el9"' >> "$root/usr/lib/os-release"
echo 'module_platform_id=platform:el9' >> "$root/etc/dnf/dnf.conf"
set --
for name in BaseOS AppStream ZSNode; do set -- "$@" "--repofrompath=$name,/opt/zstack-dvd/$name"; done
SYSTEMD_OFFLINE=1 chroot "$root" dnf -q -y --disablerepo='*' "$@" --nogpgcheck install "zs-role-$role" zs-repository
umount "$root/dev" "$root/proc"
