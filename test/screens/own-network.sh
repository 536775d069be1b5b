#!/bin/sh
# Runs a program in a network of its own, with nothing in it but lo: own-network.sh FOLDER PROGRAM ...
set -eu
shift
exec unshare --net "$@"
