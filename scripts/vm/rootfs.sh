#!/bin/sh
# Makes OUT/disk.img (a bootable Debian without our package), OUT/vmlinuz, OUT/initrd and OUT/id (an ssh key).
# The package sources are those of the machine that builds, with SUITE in place of its own code name.
# usage: rootfs.sh SUITE ext4|xfs OUT ROOT_PASSWORD_FILE
set -eu
suite=$1 filesystem=$2 out=$3 password=$4
here=$(dirname "$(readlink -f "$0")")

own=$(. /etc/os-release && echo "$VERSION_CODENAME")
apt-get indextargets --format 'deb $(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' |
	grep -E " $own(-updates|-security)? " | sed "s/ $own/ $suite/" | sort -u > "$out/sources"
[ -s "$out/sources" ] || { echo "no Debian package sources known here: run apt-get update" >&2; exit 1; }
control=$here/../install/debian/control
packages=$({ sed 's/#.*//; /^ *$/d' "$here/guest-packages.txt"; sed -n 's/^Depends: //p' "$control" | tr -s ', ' '\n'; } |
	tr -s ' \n' ',' | sed 's/,$//')

truncate -s 6G "$out/disk.img"
case $filesystem in
	ext4) mkfs.ext4 -q -F "$out/disk.img" ;;
	xfs) mkfs.xfs -q "$out/disk.img" ;;
esac
ssh-keygen -q -t ed25519 -N '' -C test-machine -f "$out/id"
mkdir "$out/root"
"$here/in-image.sh" "$out/disk.img" "$out/root" mmdebstrap --quiet --mode=root --variant=minbase \
	--skip=check/empty --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
	--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
	--dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt=force-unsafe-io --include="$packages" \
	--customize-hook="$here/kernel.sh \"\$1\"" \
	--customize-hook="$here/customize.sh \"\$1\" $here/guest $out/id.pub $password" \
	--customize-hook="$here/initrd.sh \"\$1\" $out/initrd" \
	--customize-hook="cp \"\$1\"/boot/vmlinuz-* $out/vmlinuz" \
	"$suite" "$out/root" "$out/sources"
rmdir "$out/root"
