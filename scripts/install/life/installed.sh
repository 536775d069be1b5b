systemd-sysusers zs-node.conf
systemd-tmpfiles --create zs-node.conf
# Where SELinux has a policy, our files get their labels before anything of ours is started.
if command -v semodule > /dev/null && ls /etc/selinux/*/policy/policy.* > /dev/null 2>&1; then
	semodule -n -X 200 -i /usr/lib/zs-node/selinux/zs-node.cil || echo 'zs-node: its SELinux policy was not taken' >&2
	if selinuxenabled; then
		load_policy && restorecon -R /usr/lib/zs-node /etc/zs-node || echo 'zs-node: files may lack their labels' >&2
	fi
fi
if [ -d /run/systemd/system ] && [ -z "${SYSTEMD_OFFLINE:-}" ]; then
	systemctl daemon-reload
	/usr/lib/systemd/systemd-sysctl zs-node.conf || true
	systemctl try-restart zs-controller.service zs-console.service 'zs-console-serial@*.service'
	# These wait for servers that may be down: an upgrade does not wait for them.
	systemctl --no-block try-restart zs-management.service zs-export.service zs-pxe-http.service
	systemctl stop zs-guard.service
fi
# An upgrade may bring units that the role needs.
if [ -s /etc/zs-node/role ]; then ZS_ROLE_ALONE=1 zs-role "$(cat /etc/zs-node/role)"; fi
