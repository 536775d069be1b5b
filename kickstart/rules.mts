import type { Command, Kickstart } from './check.mts';
import { ENVIRONMENTS } from './modes.mts';

/** What no option parser tells, a line each, `LINE: what`. */
export function bodyProblems({ commands, packages, hasPackages }: Kickstart): string[] {
  const named = (name: string) => commands.filter((command) => command.name === name);
  return [
    ...environmentProblems(packages),
    ...networkProblems(named('network')),
    ...twice(commands),
    ...(hasPackages || !choosesDisk(commands)
      ? []
      : ['0: no %packages: the installer would take its default mode without asking']),
  ];
}

function environmentProblems(packages: Kickstart['packages']): string[] {
  const chosen = packages.filter(({ text }) => text.startsWith('@^'));
  const second = chosen.slice(1).map(({ line }) => `${line}: a second environment`);
  const unknown = chosen
    .filter(({ text }) => !ENVIRONMENTS.includes(text.slice(2)))
    .map(({ line, text }) => `${line}: ${text.slice(2)} is none of ${ENVIRONMENTS.join(', ')}`);
  return [...second, ...unknown];
}

function networkProblems(lines: readonly Command[]): string[] {
  const devices = new Map<string, number>();
  return lines.flatMap(({ line, options }) => {
    const found: string[] = [];
    const device = options.get('--device');
    const first = device === undefined ? undefined : devices.get(device);
    if (first !== undefined)
      found.push(
        `${line}: ${device} has a line already (${first}); a VLAN on a bond stands in one line with it`,
      );
    if (device !== undefined) devices.set(device, line);
    const vlan = options.get('--vlanid');
    if (vlan !== undefined && !(/^\d+$/.test(vlan) && Number(vlan) >= 1 && Number(vlan) <= 4094))
      found.push(`${line}: --vlanid is not a number from 1 to 4094`);
    if (options.has('--bondopts') && !options.has('--bondslaves'))
      found.push(`${line}: --bondopts without --bondslaves`);
    if (options.get('--bootproto') === 'static' && !(options.has('--ip') && options.has('--netmask')))
      found.push(`${line}: --bootproto=static needs --ip and --netmask`);
    return found;
  });
}

const ONCE = ['lang', 'keyboard', 'timezone', 'rootpw', 'bootloader', 'clearpart', 'reqpart', 'autopart'];

function twice(commands: readonly Command[]): string[] {
  return ONCE.flatMap((name) => commands.filter((command) => command.name === name).slice(1)).map(
    ({ line, name }) => `${line}: a second ${name}`,
  );
}

const choosesDisk = (commands: readonly Command[]): boolean =>
  commands.some(({ name }) => name === 'autopart' || name === 'part' || name === 'clearpart');
