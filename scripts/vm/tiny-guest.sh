#!/bin/sh
# A guest as small as a real one can be: Debian's kernel and busybox on a disk that boots by itself. It asks DHCP for an
# address and says it on its serial line and its screen, answers ping, and shuts down at the power button. A shell waits
# on the serial line.
# usage: tiny-guest.sh OUT      makes OUT/guest.qcow2
set -eu
out=$1
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
root=$work/root disk=$work/disk tree=$work/tree
mkdir -p "$root" "$disk" "$tree"

cd "$work"
package=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9][^ ]*\)$/\1/p' | head -n 1)
apt-get download -q -o APT::Sandbox::User=root "$package"
dpkg-deb --fsys-tarfile ./"$package"_*.deb | tar -x -C "$tree"
release=${package#linux-image-}
depmod -b "$tree" "$release"

mkdir -p "$root/bin" "$root/modules" "$root/proc" "$root/sys" "$root/dev" "$root/etc/acpi/PWRF" "$root/var/log" "$root/var/run"
cp /bin/busybox "$root/bin/"
: > "$root/order"
for name in virtio_pci virtio_net e1000 button evdev; do
	modprobe -d "$tree" -S "$release" --show-depends "$name" | sed -n 's/^insmod \([^ ]*\).*/\1/p' | while read -r file; do
		plain=$(basename "${file%.xz}")
		[ -e "$root/modules/$plain" ] && continue
		case $file in *.xz) xz -dc "$file" > "$root/modules/$plain" ;; *) cp "$file" "$root/modules/$plain" ;; esac
		echo "$plain" >> "$root/order"
	done
done

cat > "$root/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
say() { for line in /dev/ttyS0 /dev/tty0; do echo "tiny guest: $*" > $line; done; }
for name in $(cat /order); do insmod "/modules/$name"; done
acpid
ifconfig lo 127.0.0.1
ifconfig eth0 up
say up
(udhcpc -i eth0 -f -t 30 -O mtu -s /lease > /dev/null 2>&1 || say no address) &
while :; do setsid cttyhack sh < /dev/ttyS0 > /dev/ttyS0 2>&1; done
INIT
cat > "$root/lease" <<'LEASE'
#!/bin/sh
case $1 in
bound|renew)
	ifconfig "$interface" "$ip" netmask "$subnet"
	[ -z "${router:-}" ] || route add default gw "$router"
	hostname "${hostname:-none}"
	for line in /dev/ttyS0 /dev/tty0; do
		echo "tiny guest: address $ip router ${router:-none} dns ${dns:-none} host ${hostname:-none} mtu ${mtu:-none}" > $line
	done ;;
esac
LEASE
printf '#!/bin/sh\npoweroff -f\n' > "$root/etc/acpi/PWRF/00000080"
chmod 755 "$root/init" "$root/lease" "$root/etc/acpi/PWRF/00000080"
(cd "$root" && find . | cpio -o -H newc --quiet) | gzip -9 > "$disk/initrd.gz"

cp "$tree/boot/vmlinuz-$release" "$disk/vmlinuz"
cat > "$disk/isolinux.cfg" <<'CFG'
default guest
prompt 0
timeout 0
label guest
  kernel vmlinuz
  append initrd=initrd.gz console=tty0 console=ttyS0 quiet loglevel=3 nokaslr mitigations=off
CFG
"$here/bootable.sh" "$disk" "$out/guest.qcow2"
cp "$disk/vmlinuz" "$out/vmlinuz"
