#!/bin/sh
# A node that nothing gets out of: an /etc of its own, no systemd, no bus and no server to reach, and all but FOLDER
# read-only.
#   own-node.sh ETC FOLDER PROGRAM...        in new mount and network namespaces
set -eu
etc=$1 folder=$2
shift 2
mount --bind "$etc" /etc
mount --bind "$folder" "$folder"
mount -t tmpfs -o mode=755 tmpfs /run
for place in / /boot /home /root /srv /usr /var; do
	if mountpoint -q "$place"; then mount -o remount,bind,ro "$place"; fi
done
exec "$@"
