#!/bin/sh
# Runs a command with the filesystem of IMAGE mounted on DIR; the mount ends with the command, however it ends.
# usage: in-image.sh IMAGE DIR COMMAND [ARG...]
set -eu
[ -n "${ZS_IN_IMAGE:-}" ] || exec env ZS_IN_IMAGE=1 unshare --mount --propagation private -- "$0" "$@"
image=$1 dir=$2
shift 2
mount -o loop,noatime,discard "$image" "$dir"
"$@"
umount "$dir"
