import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { say, type Words } from '../../api/words.ts';
import { isListed, type ListedNic } from './device-list.ts';
import { isNo, parseIfcfg } from './ifcfg.ts';
import { type InterfaceLine, interfaceLines } from './interfaces.ts';
import { inForce, readNmSettings, type Setting } from './nm-settings.ts';

/** What makes NetworkManager leave a NIC alone. */
export interface Obstacle {
  /** The file and line, with what stands there. */
  words: Words;
  /** What to do about it. */
  next: Words;
  /** The emergency reset takes it over. */
  yields: boolean;
}

export interface Unmanaged extends ListedNic {
  /** The kernel's number. */
  index: number;
}

/** Folder of the older generation's files, which NetworkManager of Enterprise Linux 9 still reads. */
export const SCRIPTS = '/etc/sysconfig/network-scripts';

/**
 * Why NetworkManager does not manage these NICs, by name, the one that counts first. A NIC about which nothing is found
 * has an empty list: whoever it was told by the command, or is not told of in any of these places.
 */
export async function obstacles(nics: readonly Unmanaged[]): Promise<Map<string, Obstacle[]>> {
  const [settings, lines, scripts] = await Promise.all([readNmSettings(), interfaceLines(), leftAlone()]);
  const found = nics.map(async (given): Promise<[string, Obstacle[]]> => {
    const nic = { ...given, ...(await driverOf(given.name)) };
    const all = [
      ...unmanagedDevices(settings, nic),
      ...deviceSections(settings, nic),
      ...(await ofUdev(nic)),
      ...ofIfupdown(settings, lines, nic),
      ...ofScripts(scripts, nic),
    ];
    return [nic.name, all];
  });
  return new Map(await Promise.all(found));
}

async function driverOf(name: string): Promise<{ driver?: string }> {
  const link = await readlink(`/sys/class/net/${name}/device/driver`).catch(() => undefined);
  return link === undefined ? {} : { driver: basename(link) };
}

const RELOAD = say('then: systemctl reload NetworkManager', '然后执行：systemctl reload NetworkManager');

function inTheWay({ where, key, value }: Setting, name: string): Obstacle {
  return {
    words: say(`${where}: ${key}=${value}`, `${where}：${key}=${value}`),
    next: say(
      `take ${name} out of ${where} (or add except:interface-name:${name}), ${RELOAD.en}`,
      `从 ${where} 中去掉 ${name}（或添加 except:interface-name:${name}），${RELOAD.zh}`,
    ),
    yields: false,
  };
}

function unmanagedDevices(settings: readonly Setting[], nic: Unmanaged): Obstacle[] {
  const values = inForce(settings, 'keyfile', 'unmanaged-devices');
  if (!isListed(values.map(({ value }) => value).join(','), nic)) return [];
  const line = values.findLast(({ value }) => isListed(value, nic)) ?? values.at(-1);
  return line === undefined ? [] : [inTheWay(line, nic.name)];
}

/** The first section that is about the NIC and says either way decides; those of later files come first. */
function deviceSections(settings: readonly Setting[], nic: Unmanaged): Obstacle[] {
  const sections = new Map<string, Setting[]>();
  for (const setting of settings.filter(({ section }) => /^device\b/.test(section)))
    sections.set(setting.section, [...(sections.get(setting.section) ?? []), setting]);
  for (const members of [...sections.values()].reverse()) {
    const said = (key: string) => members.findLast((each) => each.key === key);
    const match = said('match-device');
    const managed = said('managed');
    if (managed === undefined || (match !== undefined && !isListed(match.value, nic))) continue;
    return /^(0|no|false|off)$/i.test(managed.value) ? [inTheWay(managed, nic.name)] : [];
  }
  return [];
}

const RULES = ['/etc/udev/rules.d', '/run/udev/rules.d', '/usr/lib/udev/rules.d', '/lib/udev/rules.d'];

async function ofUdev({ name, index }: Unmanaged): Promise<Obstacle[]> {
  const data = await readFile(`/run/udev/data/n${index}`, 'utf8').catch(() => '');
  if (!/^E:NM_UNMANAGED=(1|true|yes)$/m.test(data)) return [];
  const [rule = 'udev'] = (await Promise.all(RULES.map(rulesIn))).flat();
  return [
    {
      words: say(`${rule}: NM_UNMANAGED=1`, `${rule}：NM_UNMANAGED=1`),
      next: say(
        `take ${name} out of that rule, then: udevadm control --reload, udevadm trigger ${name}`,
        `从该规则中去掉 ${name}，然后执行：udevadm control --reload、udevadm trigger ${name}`,
      ),
      yields: false,
    },
  ];
}

/** Lines that set it, `FILE:LINE`. */
async function rulesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith('.rules')).map((name) => join(folder, name));
  const found = files
    .sort()
    .map(async (path) =>
      (await readFile(path, 'utf8').catch(() => ''))
        .split('\n')
        .flatMap((line, at) =>
          /^[^#]*ENV\{NM_UNMANAGED\}\s*=\s*"1"/.test(line) ? [`${path}:${at + 1}`] : [],
        ),
    );
  return (await Promise.all(found)).flat();
}

/** Debian's own: what stands in ifupdown's files is left to it, unless its plugin is told otherwise. */
function ofIfupdown(
  settings: readonly Setting[],
  lines: readonly InterfaceLine[],
  { name }: Unmanaged,
): Obstacle[] {
  const plugins = inForce(settings, 'main', 'plugins');
  const isRead = plugins.length === 0 || plugins.some(({ value }) => /\bifupdown\b/.test(value));
  const managed = inForce(settings, 'ifupdown', 'managed').at(-1)?.value ?? 'false';
  const line = lines.find(({ words }) => words.slice(1).includes(name));
  if (!isRead || /^(1|yes|true|on)$/i.test(managed) || line === undefined) return [];
  const text = line.words.join(' ');
  return [
    {
      words: say(`${line.where}: ${text}`, `${line.where}：${text}`),
      next: say(
        `take ${name} out of that file, then: systemctl restart NetworkManager; Emergency Network Reset takes the file over`,
        `从该文件中去掉 ${name}，然后执行：systemctl restart NetworkManager；“紧急网络重置”会接管该文件`,
      ),
      yields: true,
    },
  ];
}

/** An ifcfg file that NetworkManager shall not read. */
interface LeftAlone {
  where: string;
  device: string;
  mac: string;
}

async function leftAlone(): Promise<LeftAlone[]> {
  const names = (await readdir(SCRIPTS).catch(() => [])).filter((each) => each.startsWith('ifcfg-')).sort();
  const found = names.map(async (each) => {
    const path = join(SCRIPTS, each);
    const text = await readFile(path, 'utf8').catch(() => '');
    const { DEVICE = '', HWADDR = '', NM_CONTROLLED } = parseIfcfg(text).settings;
    if (!isNo(NM_CONTROLLED)) return [];
    const line = text.split('\n').findIndex((each) => /NM_CONTROLLED=/i.test(each)) + 1;
    return [{ where: `${path}:${line}`, device: DEVICE, mac: HWADDR.toLowerCase() }];
  });
  return (await Promise.all(found)).flat();
}

function ofScripts(scripts: readonly LeftAlone[], { name, mac }: Unmanaged): Obstacle[] {
  const where = scripts.find(
    (each) => each.device === name || (mac !== undefined && each.mac === mac),
  )?.where;
  if (where === undefined) return [];
  return [
    {
      words: say(`${where}: NM_CONTROLLED=no`, `${where}：NM_CONTROLLED=no`),
      next: say(
        `take that line out, then: nmcli connection reload; Emergency Network Reset takes the file over`,
        `删除该行，然后执行：nmcli connection reload；“紧急网络重置”会接管该文件`,
      ),
      yields: true,
    },
  ];
}
