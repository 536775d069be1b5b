#!/bin/sh
# Labels all files of a mounted root by the SELinux policy that is installed in it, which is to be enforced.
# usage: label.sh ROOT
set -eu
root=$1
sed -i 's/^SELINUX=.*/SELINUX=enforcing/' "$root/etc/selinux/config"
type=$(sed -n 's/^SELINUXTYPE=//p' "$root/etc/selinux/config")
mount -t proc proc "$root/proc"
# -m: the kernel that builds has no labels of its own, which is no reason to leave all files out.
chroot "$root" setfiles -m -F -e /proc "/etc/selinux/$type/contexts/files/file_contexts" /
umount "$root/proc"
