# Our packages on this node, as zstack-upgrade and zstack-installer handle them. `name` is who says it.
kept=/opt/zstack-dvd
log=/var/log/zstack/deploy.log
# Our packages of the version before, beside newer repositories.
older=$kept/ZSNode.before
# The version that an upgrade goes away from, until it is over: the boot after a cut finishes it.
from=/var/lib/zs-node/upgrade-from
enabled='zs-*'
# Seconds in which the services of what was installed have to work.
patience=180

# It goes on when the terminal that it was called at is gone.
say() {
	printf '%s\n' "$1" 2>/dev/null || true
	printf '%s %s\n' "$(date -Is)" "$1" >> "$log"
}

fail() {
	printf '%s: %s\n' "$name" "$(printf %s "$1" | LC_ALL=C tr -c '[:print:]' '?')" >&2
	exit "${2:-1}"
}

# Only one works on the packages, and to its end.
alone_here() {
	mkdir -p "${log%/*}"
	exec 9> /run/zs-upgrade.lock
	flock -n 9 || fail 'another upgrade is under way'
	trap '' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

ours() {
	dnf -q -y --disablerepo='*' --enablerepo="$enabled" "$@" 2>> "$log"
}

# Of a transaction that was cut off both versions are left.
installed() {
	rpm -q --qf '%{version}\n' zs-node | sort -V | tail -n1
}

offered() {
	ours repoquery --latest-limit=1 --qf '%{version}' zs-node
}

# All of ours have this version.
is_whole() {
	[ "$(rpm -qa --qf '%{version}\n' 'zs-*' | sort -u)" = "$1" ] && rpm -q zs-node > /dev/null
}

# The repositories of before come back, where newer ones stand in their place.
back() {
	[ -e "$kept.old" ] || return 0
	if [ -e "$kept" ]; then
		rm -rf "$kept.new"
		mv "$kept" "$kept.new"
	fi
	mv "$kept.old" "$kept"
	rm -rf "$kept.new"
	ours clean metadata > /dev/null
}

# Whether the services of the role work with what is installed now.
works() {
	[ -d /run/systemd/system ] || return 0
	systemctl is-active --quiet zs-controller.service || return 1
	if [ "$(zs-role)" = management ] && [ ! -e /etc/zs-node/first-boot ]; then
		zstack-ctl status | grep -q '^MN status: Running'
	fi
}

# It may be at work on a large database; how long it may be at that is in its unit.
starts() {
	systemctl show -P SubState zs-controller.service zs-management.service | grep -qx start
}

up() {
	cut -d. -f1 /proc/uptime
}

worked() {
	latest=$(($(up) + patience))
	until works; do
		[ "$(up)" -lt "$latest" ] || starts || return 1
		sleep 3
	done
}

dumped() {
	[ -d /run/systemd/system ] && [ "$(zs-role)" = management ] && [ ! -e /etc/zs-node/first-boot ] || return 0
	say 'taking a dump of the database'
	dump=$(zstack-ctl dump_mysql) || fail 'there is no dump, so nothing is changed: zstack-ctl dump_mysql tells why'
	say "$dump"
}

begin() {
	printf '%s\n' "$before" > "$from.new"
	sync "$from.new"
	mv "$from.new" "$from"
	sync -f "${from%/*}"
}

end() {
	# Folders of the system may be on other disks than this one.
	sync
	rm -f "$from"
	sync -f "${from%/*}"
}

# What a cut left of a transaction is taken out of rpm's list, the files stay those of the newer one.
single() {
	rpm -qa --qf '%{name}\n' 'zs-*' | sort | uniq -d | while read -r package; do
		rpm -q --qf '%{version} %{nvra}\n' "$package" | sort -V | sed '$d; s/.* //' |
			xargs -r rpm -e --justdb --noscripts --notriggers --nodeps
		rpm -q --qf '%{nvra}\n' "$package"
	done
}

# What is not as rpm's list says is installed again. With options of dnf.
mended() {
	broken=
	for package in $(rpm -qa --qf '%{name}\n' 'zs-*'); do
		rpm -V --noconfig --nodeps "$package" > /dev/null || broken="$broken $package"
	done
	if [ -n "$broken" ]; then ours "$@" reinstall $broken >> "$log"; fi
}

newer_installed() {
	halves=$(single)
	if [ -n "$halves" ]; then ours reinstall $halves >> "$log" || return 1; fi
	ours upgrade --best 'zs-*' >> "$log" && mended
}

older_installed() {
	single > /dev/null
	back
	set --
	[ "$(offered)" = "$before" ] || set -- --disablerepo=zs-node --repofrompath="zs-before,$older" --nogpgcheck
	is_whole "$before" || ours "$@" distro-sync 'zs-*' >> "$log" || true
	is_whole "$before" && mended "$@"
}

# From $before to $version, or back.
upgraded() {
	say "upgrading from $before to $version"
	trap '' INT
	if newer_installed && is_whole "$version" && worked; then
		end
		return 0
	fi
	say "that did not go well ($log tells): going back to $before"
	older_installed || fail "$before cannot be installed again: $log tells"
	end
	worked || fail "$before is back and does not work: the dump goes back by zstack-ctl restore_mysql --from-file"
	fail "this node has $before again"
}
