import { hostname } from 'node:os';
import { implement } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import { type Feature, feature } from '../../api/feature.ts';
import type { Executor, Executors } from '../../api/plan.ts';
import { say } from '../../api/words.ts';
import { setInNodeIni, settingIn } from '../../system/node-ini.ts';
import { readPropertiesOrNone } from '../../system/properties.ts';
import { SettingsBus } from '../../system/settings-bus.ts';
import type { BrokerParts } from '../broker/apply.ts';
import { checkHostname } from '../broker/name.ts';
import type { SettingsStep } from '../change-settings/plan.ts';
import type { Followers } from '../network/change/follow.ts';
import { isHere } from '../network/here.ts';
import { type Keeper, setSetting } from '../system-settings/apply.ts';
import { hostnameKeeper } from '../system-settings/daemons.ts';
import { hostsKeeper } from '../system-settings/hosts.ts';
import { brokerLogin, KEYS } from '../zstack/settings.ts';
import { addressFollowers } from './followers.ts';
import { withHost } from './plan/moved.ts';
import {
  type AddressStep,
  type AddressWanted,
  addressPlan,
  type FollowAddress,
  type Own,
  type SetOwn,
} from './plan.ts';
import { changeAddress } from './schema.ts';

export interface AddressParts extends BrokerParts {
  databaseSocket: string;
  /** Folder of node.ini. */
  config: string;
  /** For tests: another file than /etc/hosts. */
  hostsFile?: string;
}

type Keepers = Record<'hosts' | 'hostname' | 'managementAddress', Keeper<string>>;

const SETTING = 'management_address';
/** A machine that was never given a name. */
const NAMELESS = /^localhost(\.|$)/;

/** What `change_ip` does. */
export function addressFeature(parts: AddressParts, settings: Executors<SettingsStep>): Feature {
  const followers = addressFollowers(parts);
  const keepers: Keepers = {
    hosts: hostsKeeper(parts.hostsFile),
    hostname: hostnameKeeper(new SettingsBus()),
    managementAddress: {
      read: async () => (await settingIn(parts.config, SETTING)) ?? '',
      write: (address) => setInNodeIni(parts.config, SETTING, address === '' ? undefined : address),
    },
  };
  return feature<AddressStep>({
    actions: [
      implement(changeAddress, async (input, { carryOut }) => {
        if (!isHere(input.ip)) throw notHere(input.ip);
        const wanted = await wantedOf(parts, keepers, followers, input);
        const plan = addressPlan(wanted);
        if (plan.steps.length > 0) await carryOut(plan);
        if (wanted.follow !== undefined) await followers.forget(wanted.follow.following);
        return { done: plan.steps.map(({ words }) => words), warnings: wanted.warnings };
      }),
    ],
    executors: {
      ...settings,
      'address.set': setSetting<SetOwn>(keepers),
      'address.follow': follow(followers),
    },
  });
}

interface Input {
  ip: string;
  broker?: string | undefined;
  database?: string | undefined;
}

async function wantedOf(
  parts: AddressParts,
  keepers: Keepers,
  followers: Followers,
  input: Input,
): Promise<AddressWanted> {
  const { ip } = input;
  const properties = await readPropertiesOrNone(parts.properties);
  const from = properties.get(KEYS.managementAddress) ?? '';
  const found = from === '' || from === ip ? undefined : await followers.plan({ from, to: ip });
  const now = Object.fromEntries(properties.entries());
  const after = { ...found?.following?.after, ...settingsFor(input, now) };
  const changed = Object.entries(after).filter(([key, value]) => now[key] !== value);
  const before = Object.fromEntries(changed.map(([key]) => [key, now[key] ?? '']));
  const users = found?.following?.users ?? [];
  const following = { from, to: ip, before, after: Object.fromEntries(changed), users };
  const broker = brokerLogin(properties.with(after));
  const own = broker !== undefined && isHere(broker.host);
  const isNothing = changed.length === 0 && users.length === 0;
  if (own && !isNothing) await checkHostname();
  const name = NAMELESS.test(hostname()) ? `zs-${ip.replace(/[^\da-f]+/g, '-')}` : hostname();
  return {
    ip,
    ...changing('hosts', await keepers.hosts.read(), `${ip} ${name}`),
    ...(name === hostname() ? {} : changing('hostname', await keepers.hostname.read(), name)),
    ...changing('managementAddress', await keepers.managementAddress.read(), ip),
    ...(isNothing ? {} : { follow: { following, words: FOLLOWING } }),
    broker: own,
    warnings: found?.warnings ?? [],
  };
}

const FOLLOWING = say(
  'writing the address into the configuration, restarting the service with it',
  '将地址写入配置并重启服务',
);

const changing = <K extends string>(key: K, before: string, after: string): { [name in K]?: Own } =>
  before === after ? {} : ({ [key]: { before, after } } as { [name in K]?: Own });

/** What is set whatever stood there before; a port or a path in it stays. */
function settingsFor({ ip, broker, database }: Input, now: Record<string, string>): Record<string, string> {
  return {
    [KEYS.managementAddress]: ip,
    ...(broker === undefined ? {} : { [KEYS.brokerHost]: withHost(now[KEYS.brokerHost] ?? '', broker) }),
    ...(database === undefined
      ? {}
      : { [KEYS.databaseUrl]: withHost(now[KEYS.databaseUrl] || 'jdbc:mysql://x:3306', database) }),
  };
}

const follow = (followers: Followers): Executor<FollowAddress> => ({
  apply: ({ following }) => followers.apply(following),
  undo: ({ following }) => followers.undo(following),
  async settle({ following }) {
    await followers.undo(following);
    return 'not done';
  },
});

const notHere = (ip: string): Fault =>
  new Fault('conflict', say(`no NIC of this machine has ${ip}`, `本机没有网卡配置 ${ip}`), {
    field: 'ip',
    next: say(
      'give it to a NIC first: F2, Configure Networks, or zs-network-setting',
      '请先为网卡配置该地址：F2“配置网络”，或 zs-network-setting',
    ),
  });
