import { expect } from 'vitest';
import type { Machine } from './machine.ts';
import { LIMIT } from './managed.ts';
import { until } from './wait.ts';

/** Where the controller keeps the states. */
export const KEPT = '/var/lib/zs-node/network';

/**
 * A node's network on disk, in NetworkManager's memory and in the kernel, without what differs each time: that is also
 * NetworkManager's own draft (six letters after the name), which it leaves when the power goes while it writes.
 */
const LOOK = `
cd /etc/NetworkManager/system-connections
ls -A . /run/NetworkManager/system-connections /etc/systemd/network | grep -v 'nmconnection[.]......$'
for file in *.nmconnection; do echo "== $file"; grep -v '^timestamp=\\|^uuid=\\|^$' "$file"; done
echo '== links'
ip -br link | sed 's/@[^ ]*//; s/ [0-9a-f:]* <.*//' | sort
ip -br -4 a | sed 's/@[^ ]*//' | sort
ip -4 route | sed 's/ metric.*//' | sort
cat /sys/class/net/bond*/bonding/slaves 2>/dev/null | tr ' ' '\\n' | sort
echo '== connections'
nmcli -t -f name,device,active c | sort
`;

export const stateOf = (machine: Machine): Promise<string> => machine.shell(LOOK, { limitMs: LIMIT });

/** Waits until the node is in one of these states (services start one after the other), and looks for leftovers. */
export async function expectWhole(machine: Machine, ...states: string[]): Promise<string> {
  let last = '';
  const there = async () => {
    last = await stateOf(machine).catch(String);
    return states.includes(last) ? last : undefined;
  };
  const explain = () => `${last}\n-- in place of --\n${states.join('\n-- or --\n')}`;
  const found = await until('a whole state', there, { limitMs: LIMIT, everyMs: 500, explain });
  const leftovers = `find /var/lib/zs-node /etc/zs-node /etc/NetworkManager /etc/systemd/network -name '.*.tmp'; ls ${KEPT}`;
  const names = (await machine.shell(leftovers)).trim().split('\n');
  expect(names.filter((name) => /tmp|record|\.new/.test(name))).toEqual([]);
  return found;
}
