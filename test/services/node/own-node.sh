#!/bin/sh
# Runs the system on a node's disk in namespaces of its own: its systemd is the first process, all that it writes lies in
# FOLDER, and its NIC is one end of a cable whose other end is in there too. Without emulation, and without what a
# machine has beyond its disk: a kernel of its own, a terminal, the network outside.
#   own-node.sh IMAGE FOLDER     in new mount, process, network, UTS, IPC and control group namespaces
set -eu
image=$1 folder=$2
root=$folder/root
mount --make-rprivate /
mkdir -p "$folder/lower" "$folder/upper" "$folder/work" "$root"
mount -o loop,ro,noload "$image" "$folder/lower"
mount -t overlay overlay -o "lowerdir=$folder/lower,upperdir=$folder/upper,workdir=$folder/work" "$root"
mount -t proc proc "$root/proc"
# Settings of the kernel are the machine's; those of the network are its own.
mount --bind "$root/proc/sys" "$root/proc/sys"
mount --bind "$root/proc/sys/net" "$root/proc/sys/net"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
for place in run dev; do mount -t tmpfs -o mode=755 tmpfs "$root/$place"; done
for name in null zero full random urandom tty loop-control; do cp -a "/dev/$name" "$root/dev/"; done
for number in $(seq 0 63); do mknod "$root/dev/loop$number" b 7 "$number"; done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"
mount -t tmpfs tmpfs "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
for number in 0 1 2; do ln -s "fd/$number" "$root/dev/$(echo stdin stdout stderr | cut -d' ' -f$((number + 1)))"; done
ip link set lo up
ip link add ens3 type veth peer name far
ip link set far up
mkdir -p "$root/old"
cd "$root"
pivot_root . old
cd /
umount -l /old
rmdir /old
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --show-status=no < /dev/null
