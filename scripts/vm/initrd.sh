#!/bin/sh
# A busybox initrd that loads the disk's drivers, mounts /dev/vda and hands over to systemd.
# usage: initrd.sh ROOT OUT
set -eu
root=$1 out=$2
release=$(ls "$root/lib/modules")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/bin" "$work/modules" "$work/proc" "$work/sys" "$work/dev" "$work/root"
cp /bin/busybox "$work/bin/"
for applet in sh mount umount insmod switch_root sleep cat; do ln -s busybox "$work/bin/$applet"; done

: > "$work/order"
for name in virtio_pci virtio_blk crc32c_generic ext4 xfs; do
	modprobe -d "$root" -S "$release" --show-depends "$name" | sed -n 's/^insmod \([^ ]*\).*/\1/p' | grep -v crc32c-intel | while read -r file; do
		plain=$(basename "${file%.xz}")
		[ -e "$work/modules/$plain" ] && continue
		case $file in *.xz) xz -dc "$file" > "$work/modules/$plain" ;; *) cp "$file" "$work/modules/$plain" ;; esac
		echo "$plain" >> "$work/order"
	done
done

cat > "$work/init" <<'INIT'
#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
for name in $(cat /order); do insmod "/modules/$name"; done
tries=0
while [ ! -b /dev/vda ] && [ $tries -lt 600 ]; do sleep 0.05; tries=$((tries + 1)); done
mount -t ext4 -o rw,noatime /dev/vda /root 2>/dev/null || mount -t xfs -o rw,noatime /dev/vda /root || exec sh
umount /sys /proc
mount --move /dev /root/dev
exec switch_root /root /lib/systemd/systemd
INIT
chmod 755 "$work/init"
(cd "$work" && find . | cpio -o -H newc --quiet) | gzip -1 > "$out"
