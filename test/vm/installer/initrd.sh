#!/bin/sh
# The stand-in for Enterprise Linux's installer: a busybox initrd that finds the medium that it was started from, on a disk
# or over the network, and says on the serial line what of it an installer would find.
# usage: initrd.sh IMAGE OUT      IMAGE: disk of a test machine, for its kernel's modules; it is not written to
set -eu
[ -n "${ZS_OWN_MOUNTS:-}" ] || exec env ZS_OWN_MOUNTS=1 unshare --mount --propagation private -- "$0" "$@"
image=$1 out=$2
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
trap 'umount "$work/root"; rm -rf "$work"' EXIT
mkdir -p "$work/root" "$work/new/bin" "$work/new/modules" "$work/new/proc" "$work/new/sys" "$work/new/dev" "$work/new/medium" "$work/new/product"
mount -o loop,ro,noload "$image" "$work/root"
release=$(ls "$work/root/lib/modules")
: > "$work/new/order"
for name in ata_piix sr_mod sd_mod isofs uhci_hcd ehci_pci usb_storage virtio_pci virtio_net af_packet; do
	modprobe -d "$work/root" -S "$release" --show-depends "$name" | sed -n 's/^insmod \([^ ]*\).*/\1/p' | while read -r file; do
		plain=$(basename "${file%.xz}")
		[ ! -e "$work/new/modules/$plain" ] || continue
		case $file in *.xz) xz -dc "$file" > "$work/new/modules/$plain" ;; *) cp "$file" "$work/new/modules/$plain" ;; esac
		echo "$plain" >> "$work/new/order"
	done
done
cp /bin/busybox "$work/new/bin/"
for name in init network address; do
	cp "$here/$name" "$work/new/$name"
	chmod 755 "$work/new/$name"
done
(cd "$work/new" && find . | sort | cpio -o -H newc --quiet) | gzip -1 > "$out"
