#!/bin/sh
# A systemd of its own, as a user's manager: it has all states that the system's has. The rest of this file system sees
# it as the system's: systemctl asks it.
#   own-systemd.sh FOLDER        in new mount and process namespaces; says `ready`, ends with its parent
set -eu
folder=$1
mount --make-rprivate /
mount -t tmpfs tmpfs /run/systemd
mkdir -p /run/systemd/system "$folder/run/systemd/user" "$folder/home"
chmod 700 "$folder/run"
cp /usr/bin/systemctl "$folder/systemctl"
printf '#!/bin/sh\nexport XDG_RUNTIME_DIR=%s/run\nexec %s/systemctl --user "$@"\n' "$folder" "$folder" > "$folder/asked"
chmod 755 "$folder/asked"
mount --bind "$folder/asked" /usr/bin/systemctl
export XDG_RUNTIME_DIR="$folder/run" HOME="$folder/home"
setpriv --pdeathsig KILL /usr/lib/systemd/systemd --user --log-target=console < /dev/null > "$folder/log" 2>&1 &
until systemctl is-system-running > /dev/null 2>&1; do sleep 0.05; done
echo ready
wait
