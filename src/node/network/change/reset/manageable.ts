import { Fault } from '../../../../api/fault.ts';
import { say, type Words } from '../../../../api/words.ts';
import { type LinkRecord, readLinks } from '../../../../system/iproute.ts';
import { NetworkManager } from '../../../../system/networkmanager/manager.ts';
import { type Obstacle, obstacles } from '../../unmanaged.ts';

/** Milliseconds for NetworkManager to take a NIC that it is told to manage. */
const TAKING = 3000;

/**
 * What to know of NICs that NetworkManager manages now and would not from the next boot on. Throws `conflict`, naming file
 * and line, when a setting that the reset does not touch keeps it from one already.
 */
export async function mustBeManageable(nics: readonly LinkRecord[]): Promise<Words[]> {
  const manager = await NetworkManager.open().catch(() => undefined);
  const managed = new Set(manager?.devices().flatMap((each) => (each.managed ? [each.name] : [])));
  manager?.close();
  const found = await obstacles(nics.map(unmanagedOf));
  return [...found].flatMap(([name, all]) => {
    const inTheWay = all.find(({ yields }) => !yields);
    if (inTheWay === undefined) return [];
    if (!managed.has(name)) throw refused(name, inTheWay);
    return [later(name, inTheWay)];
  });
}

const later = (name: string, { words, next }: Obstacle): Words =>
  say(
    `NetworkManager manages ${name} now, and may not at the next boot: ${words.en}; ${next.en}.`,
    `NetworkManager 现在管理 ${name}，但下次启动后不再管理：${words.zh}；${next.zh}。`,
  );

/**
 * Tells NetworkManager to manage NICs that it only was told by command to leave alone, and to work when it was switched
 * off. Throws `conflict` when it does not do so.
 */
export async function takeCharge(manager: NetworkManager, nics: readonly string[]): Promise<void> {
  await manager.enable();
  for (const name of nics) {
    if (manager.device(name)?.managed === true) continue;
    const isManaged = async () => {
      const device = manager.device(name);
      if (device?.managed === true) return true;
      if (device !== undefined) await manager.setManaged(device.path);
      return undefined;
    };
    await manager
      .until(isManaged, TAKING, say(`${name} is managed`, `${name} 受管理`))
      .catch((thrown: unknown) => {
        throw Fault.from(thrown).kind === 'timeout' ? refused(name, UNKNOWN) : thrown;
      });
  }
}

/** Those of the NICs about which no file says anything. */
export async function mayBeTold(manager: NetworkManager, names: readonly string[]): Promise<string[]> {
  const devices = manager.devices().filter(({ name, managed }) => names.includes(name) && !managed);
  const records = await readLinks();
  const found = await obstacles(
    records
      .filter(({ ifname }) => devices.some(({ name }) => name === ifname))
      .map((record) => unmanagedOf(record)),
  );
  return [...found].flatMap(([name, all]) => (all.length === 0 ? [name] : []));
}

const unmanagedOf = ({ ifname, ifindex, permaddr, address }: LinkRecord) => ({
  name: ifname,
  index: ifindex,
  mac: permaddr ?? address ?? '',
});

const UNKNOWN: Obstacle = {
  words: say('no file that is known tells why', '已知的文件中没有说明原因'),
  next: say(
    'see: NetworkManager --print-config, nmcli device',
    '请查看：NetworkManager --print-config、nmcli device',
  ),
  yields: false,
};

const refused = (name: string, { words, next }: Obstacle): Fault =>
  new Fault(
    'conflict',
    say(`NetworkManager may not manage ${name}: ${words.en}`, `NetworkManager 不能管理 ${name}：${words.zh}`),
    { field: 'nic', next },
  );
