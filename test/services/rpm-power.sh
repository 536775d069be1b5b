#!/bin/sh
# Installs NOW on a file system of its own and NEWER over it, ends that file system as a power cut does, and says what a
# boot would find: how many files of ours are empty, and the version. With MACROS rpm writes as it says there.
#   rpm-power.sh FOLDER NOW NEWER [MACROS]
set -eu
[ -n "${ZS_OWN_MOUNTS:-}" ] || exec env ZS_OWN_MOUNTS=1 unshare --mount --propagation private "$0" "$@"
folder=$1 now=$2 newer=$3 macros=${4:-}
disk=$folder/disk root=$folder/root
packages() {
	rpm --root "$root" --dbpath /var/lib/rpm "$@" --nodeps --noscripts --notriggers --nosignature
}
rm -f "$disk"
truncate -s 2G "$disk"
mkfs.xfs -q "$disk"
mkdir -p "$root"
mount -o loop "$disk" "$root"
packages -i "$now"
sync -f "$root"
packages ${macros:+--load "$root/$macros"} -U "$newer"
# Nothing more is written from here on, not even what the file system's own log holds.
xfs_io -x -c shutdown "$root"
umount "$root"
mount -o loop "$disk" "$root"
find "$root/usr/lib/zs-node" "$root/usr/lib/systemd" -type f -size 0 | wc -l
cat "$root/usr/lib/zs-node/version"
umount "$root"
