import { say } from '../../../api/words.ts';
import { sameSubnet, versionOf } from '../change/schema/address.ts';
import type { Ifcfg } from '../ifcfg.ts';
import type { Keys } from './keys.ts';
import type { OldRoute } from './routes.ts';

/** What is known of one family besides the link's own file. */
export interface FamilyContext {
  device: string | undefined;
  /** Of further files: `192.0.2.5/24`. */
  more: readonly string[];
  routes: readonly OldRoute[];
  rules: readonly string[];
  /** `/etc/sysconfig/network`. */
  machine: Ifcfg;
}

interface Gateway {
  gateway?: string;
  never: boolean;
  routes: readonly OldRoute[];
}

/** The default route: of the file, of its routes, or of the whole machine. */
export function gatewayOf(
  keys: Keys,
  method: string,
  addresses: readonly string[],
  context: FamilyContext,
): Gateway {
  const off = keys.yes('DEFROUTE') === false;
  const own = ownGateway(keys);
  const { GATEWAYDEV: ofMachine, GATEWAY: machineGateway } = context.machine;
  const owner = keys.text('GATEWAYDEV') ?? ofMachine;
  const elsewhere = owner !== undefined && owner !== context.device;
  const isDefault = (route: OldRoute) => /^(0\.0\.0\.0|::)\/0$/.test(route.to);
  const isMain = (route: OldRoute) => isDefault(route) && route.options.table === undefined;
  const fromRoute = context.routes.find(isMain);
  if (own !== undefined && method === 'auto')
    keys.refuse('GATEWAY', say('stands beside BOOTPROTO=dhcp', '与 BOOTPROTO=dhcp 并存'));
  if ((off || elsewhere) && fromRoute !== undefined && method === 'auto')
    keys.refuse(
      'DEFROUTE',
      say('speaks against the default route of the route file', '与路由文件中的默认路由矛盾'),
    );
  if (off || elsewhere) return { never: fromRoute === undefined, routes: context.routes };
  if (method !== 'manual') return { never: false, routes: context.routes };
  const gateway =
    own ?? (isOnLink(machineGateway, addresses, owner, context.device) ? machineGateway : undefined);
  return withRoute(keys, gateway, fromRoute, context.routes);
}

/** The machine's gateway belongs to the link that is named for it, else to that in whose network it is. */
const isOnLink = (
  gateway: string | undefined,
  addresses: readonly string[],
  owner: string | undefined,
  device: string | undefined,
): boolean =>
  gateway !== undefined &&
  ((owner !== undefined && owner === device) ||
    addresses.slice(0, 1).some((address) => {
      const [host = '', prefix] = address.split('/');
      return versionOf(gateway) === 4 && sameSubnet(host, Number(prefix), gateway);
    }));

function ownGateway(keys: Keys): string | undefined {
  const gateways = keys.endings('GATEWAY').map((ending) => keys.address(`GATEWAY${ending}`, 4));
  const [first, ...others] = gateways;
  const differs = others.findIndex((other) => other !== first);
  if (differs >= 0)
    keys.refuse(`GATEWAY${keys.endings('GATEWAY')[differs + 1]}`, say('is a second gateway', '是第二个网关'));
  return first;
}

/** A plain default route of the route file is the link's gateway, and no other one may stand beside it. */
function withRoute(
  keys: Keys,
  gateway: string | undefined,
  route: OldRoute | undefined,
  routes: readonly OldRoute[],
): Gateway {
  if (route === undefined) return { ...(gateway === undefined ? {} : { gateway }), never: false, routes };
  const isPlain =
    route.metric === undefined && Object.keys(route.options).length === 0 && route.via !== undefined;
  if (gateway !== undefined && (!isPlain || route.via !== gateway)) {
    keys.refuse(
      'GATEWAY',
      say('speaks against the default route of the route file', '与路由文件中的默认路由矛盾'),
    );
    return { never: false, routes };
  }
  if (!isPlain) return { never: false, routes };
  return { gateway: route.via ?? '', never: false, routes: routes.filter((other) => other !== route) };
}
