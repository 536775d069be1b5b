/** Calls that show a script's daily use, each with what it does. */
export const EXAMPLES: Readonly<Record<string, readonly (readonly [call: string, does: string])[]>> = {
  'zs-show-network': [
    ['zs-show-network', 'every link, then the bonds'],
    ['zs-show-network --json', 'the same for a program'],
  ],
  'zs-network-setting': [
    ['zs-network-setting -i em01 192.0.2.4 255.255.255.0 192.0.2.1', 'address with gateway'],
    ['zs-network-setting -a em01 192.0.2.5 24 --dry-run', 'what one more address would change'],
    ['zs-network-setting -d em01 --yes', 'off again, without a question'],
  ],
  'zs-change-nic': [
    ['zs-change-nic -c ens16 em01', 'another name, for good'],
    ['zs-change-nic -r', 'new NICs take the places of missing ones'],
  ],
  'zs-vlan': [
    ['zs-vlan -c bond0 20', 'the VLAN interface bond0.20'],
    ['zs-vlan -d bond0 20 --why "moved to bond1"', 'away with it, with a reason for the history'],
  ],
  'zs-bond': [
    ['zs-bond -c bond0 active-backup miimon=100', 'a bond without members'],
    ['zs-bond -u bond0 802.3ad lacp_rate=fast', 'another mode'],
  ],
  'zs-bond-lacp': [['zs-bond-lacp -c bond0', 'a bond of mode 4']],
  'zs-nic-to-bond': [
    ['zs-nic-to-bond -a bond0 em02', 'em02 becomes a port'],
    ['zs-nic-to-bond -d bond0 em02', 'and leaves again'],
  ],
  'zs-network-reset': [
    ['zs-network-reset em01 dhcp --dry-run', 'what would be set aside'],
    ['zs-network-reset em01 192.0.2.4 24 192.0.2.1 --vlan 20 --yes', 'one address on a tagged VLAN'],
  ],
  'zstack-ctl': [
    ['zstack-ctl status', 'how the services stand'],
    ['zstack-ctl collect_log --since "2026-11-29 08:00" --until "2026-11-29 09:00"', 'the logs of an hour'],
    ['zstack-ctl restore_mysql -f /var/lib/zstack/mysql-backup/zstack-backup-db-1.gz', 'a dump put back'],
    ['zstack-ctl configure management.server.ip=192.0.2.4', 'a setting written'],
    ['zstack-ctl start_pxe --nic em02', 'machines on em02 can be installed over the network'],
    [
      'zstack-ctl install_machine --name node-7 --mac 52:54:00:12:34:56',
      'a compute node is made of the machine that was added under that name',
    ],
  ],
};
