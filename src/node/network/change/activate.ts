import { Fault } from '../../../api/fault.ts';
import { say, type Words } from '../../../api/words.ts';
import type { NetworkManager } from '../../../system/networkmanager/manager.ts';
import { DEVICE_STATE } from '../../../system/networkmanager/objects.ts';

/** For ports and static addresses; a lease is the evidence's matter. */
const TIMEOUT = 30_000;
/** NetworkManager itself gives up on a lease after 45 s. */
const ADDRESS_TIMEOUT = 60_000;
const ACTIVATED = 2;
const DEACTIVATED = 4;

export interface BringUpOptions {
  signal?: AbortSignal;
  /** Waits for the addresses as well. */
  addressed?: boolean;
}

/**
 * Activates a profile and waits until it is up, or only its addresses are still to come.
 * @param name of its link. @throws `failed` with NetworkManager's reason, `timeout`.
 */
export async function bringUp(
  manager: NetworkManager,
  uuid: string,
  name: string,
  { signal, addressed = false }: BringUpOptions = {},
): Promise<void> {
  const profile = await manager.profile(uuid);
  if (profile === undefined) throw gone(name);
  const device = manager.device(name);
  const failures = new Map<string, number>();
  const stopListening = manager.onFailure((path, reason) => failures.set(path, reason));
  const active = await manager.activate(profile.path, device?.path).catch((thrown) => {
    stopListening();
    throw thrown;
  });
  const ready = async () => {
    const state = await manager.activeState(active);
    if (state === DEACTIVATED) throw refusal(manager, name, failures);
    if (state === ACTIVATED) return true;
    const now = manager.device(name);
    const coming = now?.activeUuid === uuid && now.state >= DEVICE_STATE.ipConfig;
    return (coming && !addressed) || undefined;
  };
  const timeout = addressed ? ADDRESS_TIMEOUT : TIMEOUT;
  const what = say(`${name} comes up`, `启用 ${name}`);
  await manager.until(ready, timeout, what, signal).finally(stopListening);
}

const gone = (name: string): Fault =>
  new Fault('failed', say(`${name} has no profile any more`, `${name} 的配置已不存在`));

/** NM_DEVICE_STATE_REASON in words, for those that happen here. */
const REASONS: Record<number, Words> = {
  4: say('the settings do not fit it', '配置无效'),
  5: say('no address could be had', '无法获得地址'),
  15: say('DHCP did not start', 'DHCP 未能启动'),
  16: say('DHCP failed', 'DHCP 失败'),
  17: say('DHCP failed', 'DHCP 失败'),
  36: say('it was removed', '设备已被移除'),
  38: say('its connection was removed', '连接已被移除'),
  40: say('no carrier', '没有载波'),
  42: say('a bond, VLAN or bridge that it belongs to failed', '所属的聚合、VLAN 或网桥失败'),
  53: say('its parent has another name or is gone', '上级接口不存在'),
  64: say('somebody else has the address', '地址已被占用'),
};

function refusal(manager: NetworkManager, name: string, failures: ReadonlyMap<string, number>): Fault {
  const { path = '' } = manager.device(name) ?? {};
  const code = failures.get(path) ?? manager.stateReason(path);
  const reason = REASONS[code] ?? say(`NetworkManager's reason ${code}`, `NetworkManager 原因 ${code}`);
  return new Fault('failed', say(`${name} did not come up: ${reason.en}`, `${name} 未能启用：${reason.zh}`));
}
