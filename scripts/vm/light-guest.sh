#!/bin/sh
# A guest without an operating system, for hosts that are emulated themselves, where a kernel takes minutes: a boot
# loader with a network of its own. It asks DHCP for an address, says it on its screen, and answers ping. It does not know
# the power button.
# usage: light-guest.sh OUT      makes OUT/guest.qcow2
set -eu
out=$1
here=$(dirname "$(readlink -f "$0")")
disk=$(mktemp -d)
trap 'rm -rf "$disk"' EXIT
cp /boot/ipxe.lkrn "$disk/ipxe.krn"
# It answers ping while it waits for a key, and takes next to nothing of the processor.
cat > "$disk/guest.ipx" <<'SCRIPT'
#!ipxe
:again
dhcp || goto again
echo tiny guest: address ${ip} router ${gateway} dns ${dns} host ${hostname}
:awake
prompt
goto awake
SCRIPT
cat > "$disk/isolinux.cfg" <<'CFG'
serial 0 115200
default guest
prompt 0
timeout 0
label guest
  kernel ipxe.krn
  append initrd=guest.ipx
CFG
"$here/bootable.sh" "$disk" "$out/guest.qcow2"
