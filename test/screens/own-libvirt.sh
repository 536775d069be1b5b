#!/bin/sh
# Runs a program that sees the libvirt daemon of a test as its own: own-libvirt.sh FOLDER PROGRAM ...
# ZS_LIBVIRT is the folder of that daemon's sockets.
set -eu
shift
mkdir -p /run/libvirt
mount --bind "$ZS_LIBVIRT" /run/libvirt
exec "$@"
