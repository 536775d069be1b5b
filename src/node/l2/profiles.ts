import { createHash } from 'node:crypto';
import { type Section, type Settings, Value } from '../../system/networkmanager/bus.ts';
import { REMADE } from '../../system/networkmanager/objects.ts';

/** UUID of a profile that is always the same for the same network. */
export function profileUuid(l2: string, part: 'bridge' | 'port'): string {
  const digits = createHash('sha256').update(`zs-node l2 ${l2} ${part}`).digest('hex');
  return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5');
}

/** Starts before the profiles that a NIC has besides, which stay as they are. */
const PRIORITY = 999;

const common = (l2: string, part: 'bridge' | 'port', type: string, name: string): Section => ({
  id: new Value('s', name),
  uuid: new Value('s', profileUuid(l2, part)),
  type: new Value('s', type),
  'interface-name': new Value('s', name),
  autoconnect: new Value('b', true),
  'autoconnect-priority': new Value('i', PRIORITY),
});

const remade = (l2: string): Section => ({ data: new Value('a{ss}', { [REMADE]: `l2 ${l2}` }) });

/** A bridge without addresses: what runs over it is the guests'. */
export const bridgeProfile = (l2: string, bridge: string): Settings => ({
  connection: { ...common(l2, 'bridge', 'bridge', bridge), 'autoconnect-slaves': new Value('i', 1) },
  bridge: { stp: new Value('b', false) },
  ipv4: { method: new Value('s', 'disabled') },
  ipv6: { method: new Value('s', 'disabled') },
  user: remade(l2),
});

export const portProfile = (l2: string, nic: string, bridge: string): Settings => ({
  connection: {
    ...common(l2, 'port', '802-3-ethernet', nic),
    master: new Value('s', bridge),
    'slave-type': new Value('s', 'bridge'),
  },
  '802-3-ethernet': {},
  user: remade(l2),
});
