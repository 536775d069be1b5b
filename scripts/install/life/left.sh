if command -v semodule > /dev/null && ls /etc/selinux/*/policy/policy.* > /dev/null 2>&1 && semodule -lfull 2>/dev/null | grep -q '^200 zs-node '; then
	semodule -n -X 200 -r zs-node
	if selinuxenabled; then load_policy; fi
fi
# What the programs made for themselves goes; settings, records and data stay, and folders where nothing is do not.
rm -rf /run/zs-node /run/zs-pxe /var/lib/zs-pxe /var/lib/zs-node/compile-cache /var/lib/zs-node/packages /var/lib/zs-console/compile-cache \
	/var/lib/zstack/management/compile-cache
tomcat=/usr/local/zstack/apache-tomcat
for file in /usr/local/zstack/management-server.pid $tomcat/webapps/zstack/WEB-INF/classes/zstack.properties; do
	[ -s "$file" ] || rm -f "$file"
done
for folder in /etc/zs-node /etc/systemd/system.conf.d /var/lib/zs-node /var/lib/zs-node-audit /var/lib/zs-console \
	/var/lib/zstack/mysql-backup /var/lib/zstack/export /var/lib/zstack/images /var/lib/zstack/import /var/lib/zstack/packages \
	/var/lib/zstack/management \
	/var/lib/zstack /var/log/zstack \
	$tomcat/logs $tomcat/webapps/zstack/WEB-INF/classes $tomcat/webapps/zstack/WEB-INF $tomcat/webapps/zstack \
	$tomcat/webapps $tomcat /usr/local/zstack; do
	[ ! -d "$folder" ] || rmdir --ignore-fail-on-non-empty "$folder"
done
if [ -d /run/systemd/system ] && [ -z "${SYSTEMD_OFFLINE:-}" ]; then systemctl daemon-reload; fi
