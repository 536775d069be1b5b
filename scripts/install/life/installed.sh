systemd-sysusers zs-node.conf
systemd-tmpfiles --create zs-node.conf
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
