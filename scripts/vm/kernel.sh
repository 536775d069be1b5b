#!/bin/sh
# Unpacks Debian's kernel into ROOT without installing it (no initramfs is made, which would take a minute)
# and without the drivers that an emulated machine cannot have. Runs as a hook of mmdebstrap.
# usage: kernel.sh ROOT
set -eu
root=$1
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chown _apt "$work"
cd "$work"
package=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9][^ ]*\)$/\1/p' | head -n 1)
apt-get download -q "$package"
dpkg-deb --fsys-tarfile ./"$package"_*.deb | tar -x -C "$root" --keep-directory-symlink \
	--exclude='*/drivers/gpu/drm/amd' --exclude='*/drivers/gpu/drm/i915' --exclude='*/drivers/gpu/drm/xe' \
	--exclude='*/drivers/gpu/drm/nouveau' --exclude='*/drivers/gpu/drm/radeon' --exclude='*/drivers/media' \
	--exclude='*/drivers/net/wireless' --exclude='*/drivers/infiniband' --exclude='*/drivers/staging' \
	--exclude='*/drivers/iio' --exclude='*/drivers/hwmon' --exclude='*/drivers/isdn' \
	--exclude='*/drivers/input/touchscreen' --exclude='*/kernel/sound'
depmod -b "$root" "${package#linux-image-}"
