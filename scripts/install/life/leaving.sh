# The terminals get their log-in prompts back before the console goes.
if [ -s /etc/zs-node/role ]; then ZS_ROLE_ALONE=1 zs-role expert; fi
systemctl --quiet disable zs-controller.service zs-controller-recover.service zs-guard.socket zs-first-boot.service
if [ -d /run/systemd/system ] && [ -z "${SYSTEMD_OFFLINE:-}" ]; then
	systemctl stop zs-guard.socket zs-guard.service zs-controller.service zs-export.service zs-pxe.service
fi
