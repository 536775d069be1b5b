#!/bin/sh
# Gives a program a data folder on a disk of 2 MB and at most 60 descriptors: small-disk.sh FOLDER PROGRAM ...
set -eu
folder=$1
shift
mkdir -p "$folder/data/data"
mount -t tmpfs -o size=2m,mode=700 tmpfs "$folder/data/data"
ulimit -n 60
exec "$@"
