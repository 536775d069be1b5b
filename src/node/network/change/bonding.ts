import { readFile } from 'node:fs/promises';
import { say, type Words } from '../../../api/words.ts';

export interface PortReading {
  name: string;
  up: boolean;
  aggregator?: number;
  /** LACP port state bits of both sides. */
  actorState?: number;
  partnerState?: number;
  partnerMac?: string;
}

const NO_MAC = '00:00:00:00:00:00';
const SYNCHRONIZED = 8;
const DEFAULTED = 64;

/** Ports of a bond from the text of `/proc/net/bonding/BOND`. */
export function portsFrom(text: string): PortReading[] {
  const [, ...sections] = text.split(/^Slave Interface: /m);
  return sections.map((section) => {
    const [actor = '', partner = ''] = section.split(/details partner lacp pdu:/);
    const aggregator = numberAfter(section, /^Aggregator ID: (\d+)/m);
    const actorState = numberAfter(actor, /port state: (\d+)/);
    const partnerState = numberAfter(partner, /port state: (\d+)/);
    const partnerMac = /system mac address: (\S+)/.exec(partner)?.[1];
    return {
      name: section.slice(0, section.indexOf('\n')).trim(),
      up: /^MII Status: up/m.test(section),
      ...(aggregator === undefined ? {} : { aggregator }),
      ...(actorState === undefined ? {} : { actorState }),
      ...(partnerState === undefined ? {} : { partnerState }),
      ...(partnerMac === undefined ? {} : { partnerMac }),
    };
  });
}

const numberAfter = (text: string, pattern: RegExp): number | undefined => {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
};

export const readPorts = async (bond: string): Promise<PortReading[]> =>
  portsFrom(await readFile(`/proc/net/bonding/${bond}`, 'utf8'));

/** Port that the bond sends by; nothing when it has none. */
export async function readActivePort(bond: string): Promise<{ activePort?: string }> {
  const text = await readFile(`/sys/class/net/${bond}/bonding/active_slave`, 'utf8').catch(() => '');
  const activePort = text.trim();
  return activePort === '' ? {} : { activePort };
}

/** Why LACP does not carry traffic yet, in words for who looks after the switch; undefined: it does. */
export function lacpProblem(ports: readonly PortReading[]): Words | undefined {
  const up = ports.filter((port) => port.up);
  if (up.length === 0) return say('no port has carrier', '没有端口有载波');
  const silent = up.filter(isSilent);
  if (silent.length > 0)
    return say(`the switch does not speak LACP at ${names(silent)}`, `交换机在 ${names(silent)} 上没有 LACP`);
  const held = up.filter((port) => ((port.partnerState ?? 0) & SYNCHRONIZED) === 0);
  if (held.length > 0) return say(`the switch holds ${names(held)} back`, `交换机未放行 ${names(held)}`);
  if (new Set(up.map((port) => port.aggregator)).size > 1)
    return say(`${names(up)} are cabled to different port groups`, `${names(up)} 接到了不同的聚合组`);
  return undefined;
}

const isSilent = (port: PortReading): boolean =>
  (port.partnerMac ?? NO_MAC) === NO_MAC || ((port.partnerState ?? 0) & DEFAULTED) !== 0;

const names = (ports: readonly PortReading[]): string => ports.map((port) => port.name).join(', ');
