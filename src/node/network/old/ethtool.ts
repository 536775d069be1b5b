import type { Keys } from './keys.ts';
import { valueWords } from './problem.ts';
import type { Sections } from './profile.ts';

/** Short names of `ethtool -K`; the others are the kernel's own, which NetworkManager has as well. */
const FEATURES = new Set([
  'gro',
  'gso',
  'lro',
  'ntuple',
  'rx',
  'rxhash',
  'rxvlan',
  'sg',
  'tso',
  'tx',
  'txvlan',
]);
const RINGS = new Set(['rx', 'rx-jumbo', 'rx-mini', 'tx']);
const COALESCE = new Set([
  'adaptive-rx',
  'adaptive-tx',
  'rx-frames',
  'rx-usecs',
  'tx-frames',
  'tx-usecs',
  'stats-block-usecs',
]);
/** Letters of `wol` as NetworkManager's bits. */
const WAKE: Record<string, number> = { p: 2, u: 4, m: 8, b: 16, a: 32, g: 64 };

export interface EthtoolSections {
  ethernet: Sections[string];
  ethtool: Sections[string];
}

/** `autoneg off speed 1000 duplex full`, `-K em01 tso off; -G em01 rx 4096`: commands parted by semicolons. */
export function ethtoolSections(keys: Keys, device: string | undefined): EthtoolSections {
  keys.pass('ETHTOOL_DELAY');
  const found: EthtoolSections = { ethernet: {}, ethtool: {} };
  for (const ending of keys.endings('ETHTOOL_OPTS'))
    for (const command of (keys.text(`ETHTOOL_OPTS${ending}`) ?? '').split(';')) {
      const words = command
        .trim()
        .split(/\s+/)
        .filter((word) => word !== '');
      if (!takeCommand(words, device, found))
        keys.refuse(`ETHTOOL_OPTS${ending}`, valueWords(command.trim()));
    }
  return found;
}

function takeCommand(words: string[], device: string | undefined, found: EthtoolSections): boolean {
  const option = /^-/.test(words[0] ?? '') ? (words.shift() ?? '') : '-s';
  if (device !== undefined && words[0] === device) words.shift();
  if (words.length % 2 !== 0) return false;
  const take = { '-s': takeSpeed, '-K': takeFeature, '-G': takeRing, '-C': takeCoalesce, '-A': takePause }[
    option
  ];
  if (take === undefined) return false;
  const pairs = words.flatMap((word, at) => (at % 2 === 0 ? [[word, words[at + 1] ?? ''] as const] : []));
  if (!pairs.every(([name, value]) => take(name, value, found))) return false;
  return option !== '-s' || settleSpeed(found.ethernet);
}

const isSwitch = (value: string): boolean => value === 'on' || value === 'off';

function takeSpeed(name: string, value: string, { ethernet }: EthtoolSections): boolean {
  if (name === 'speed') ethernet.speed = Number(value);
  else if (name === 'duplex') ethernet.duplex = value;
  else if (name === 'autoneg') ethernet['auto-negotiate'] = value === 'on';
  else if (name === 'wol') ethernet['wake-on-lan'] = wakeOf(value);
  if (name === 'speed') return /^\d{2,6}$/.test(value);
  if (name === 'duplex') return value === 'full' || value === 'half';
  return name === 'wol' ? wakeOf(value) !== undefined : name === 'autoneg' && isSwitch(value);
}

function wakeOf(letters: string): number | undefined {
  if (letters === 'd') return 0x8000;
  const bits = [...letters].map((letter) => WAKE[letter]);
  return bits.reduce<number | undefined>(
    (sum, bit) => (bit === undefined || sum === undefined ? undefined : sum | bit),
    0,
  );
}

/** NetworkManager takes speed and duplex together; without them a NIC that does not negotiate has nothing to be set to. */
function settleSpeed(ethernet: Sections[string]): boolean {
  if ((ethernet.speed === undefined) !== (ethernet.duplex === undefined)) return false;
  if (ethernet['auto-negotiate'] === false) {
    // That is how NetworkManager writes a fixed speed.
    delete ethernet['auto-negotiate'];
    return ethernet.speed !== undefined;
  }
  return true;
}

function takeFeature(name: string, value: string, { ethtool }: EthtoolSections): boolean {
  ethtool[`feature-${name}`] = value === 'on';
  return isSwitch(value) && (FEATURES.has(name) || /^(rx|tx|hw|l2|highdma)-?[a-z0-9-]*$/.test(name));
}

function takeRing(name: string, value: string, { ethtool }: EthtoolSections): boolean {
  ethtool[`ring-${name}`] = Number(value);
  return RINGS.has(name) && /^\d{1,6}$/.test(value);
}

function takeCoalesce(name: string, value: string, { ethtool }: EthtoolSections): boolean {
  const isAdaptive = name.startsWith('adaptive');
  ethtool[`coalesce-${name}`] = isAdaptive ? Number(value === 'on') : Number(value);
  return COALESCE.has(name) && (isAdaptive ? isSwitch(value) : /^\d{1,9}$/.test(value));
}

function takePause(name: string, value: string, { ethtool }: EthtoolSections): boolean {
  ethtool[`pause-${name}`] = value === 'on';
  return ['autoneg', 'rx', 'tx'].includes(name) && isSwitch(value);
}
