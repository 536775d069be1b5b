#!/bin/sh
# Makes of a folder with isolinux.cfg a disk that boots by itself on a BIOS machine.
# usage: bootable.sh FOLDER DISK      DISK: qcow2
set -eu
folder=$1 disk=$2
cp /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 "$folder/"
xorriso -as mkisofs -quiet -o "$disk.iso" -isohybrid-mbr /usr/lib/ISOLINUX/isohdpfx.bin \
	-c boot.cat -b isolinux.bin -no-emul-boot -boot-load-size 4 -boot-info-table "$folder"
qemu-img convert -q -f raw -O qcow2 "$disk.iso" "$disk"
rm "$disk.iso"
