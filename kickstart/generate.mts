import { Address4 } from 'ip-address';
import { $ } from 'zx';
import { prefixOf } from '../src/node/network/change/schema/address.ts';
import type { Answers } from './answers.mts';
import { assembled } from './assemble.mts';
import { environmentOf } from './modes.mts';

/** A kickstart of these answers, for both generations, that asks nothing. The password is in it as a hash alone. */
export async function generated(answers: Answers): Promise<string> {
  const { mode, hostname, timezone, language, keyboard, ntpServers, source } = answers;
  const common = (await assembled('pieces/common.ks'))
    .replace(/^lang .*$/m, `lang ${language}`)
    .replace(/^keyboard .*$/m, `keyboard --vckeymap=${keyboard} --xlayouts='${layout(keyboard)}'`)
    .replace(/^timezone .*$/m, `timezone ${timezone} --utc`);
  const lines = [
    `# ${mode} node, without questions. Wipes: ${answers.disks.join(', ')}`,
    common.trimEnd(),
    ...ntpServers.map((server) => `timesource --ntp-server=${server}`),
    ...(source === undefined ? [] : [`url --url=${source}`]),
    `rootpw --iscrypted ${await hashed(answers.rootPassword)}`,
    networkLine(answers.network),
    ...(hostname === undefined ? [] : [`network --hostname=${hostname}`]),
    ...diskLines(answers),
    'reboot --eject',
    '%packages',
    `@^${environmentOf(mode)}`,
    '%end',
  ];
  return `${lines.join('\n')}\n`;
}

/** `de-nodeadkeys` of the console is `de (nodeadkeys)` of the graphical installer. */
function layout(keyboard: string): string {
  const [name = '', ...variant] = keyboard.split('-');
  return variant.length === 0 ? name : `${name} (${variant.join('-')})`;
}

function networkLine({ nics, bond, mode, vlan, address, gateway, nameservers }: Answers['network']): string {
  const options = [
    `--device=${bond}`,
    `--bondslaves=${nics.join(',')}`,
    `--bondopts=mode=${mode},miimon=100${mode === '802.3ad' ? ',lacp_rate=fast' : ''}`,
    ...(vlan === undefined ? [] : [`--vlanid=${vlan}`, `--interfacename=${bond}.${vlan}`]),
    ...(address === 'dhcp' ? ['--bootproto=dhcp'] : fixed(address)),
    ...(gateway === undefined ? [] : [`--gateway=${gateway}`]),
    ...(nameservers.length === 0 ? [] : [`--nameserver=${nameservers.join(',')}`]),
  ];
  return `network ${options.join(' ')} --onboot=yes --activate`;
}

function fixed(address: string): string[] {
  const [ip = '', length = ''] = address.split('/');
  const network = new Address4(`${ip}/${prefixOf(length, 4)}`);
  return ['--bootproto=static', `--ip=${ip}`, `--netmask=${network.subnetMaskAddress().correctForm()}`];
}

function diskLines({ disks, swapGb }: Answers): string[] {
  const all = disks.join(',');
  return [
    `ignoredisk --only-use=${all}`,
    'zerombr',
    `clearpart --all --initlabel --disklabel=gpt --drives=${all}`,
    'reqpart --add-boot',
    ...(swapGb === 0 ? [] : [`part swap --size=${swapGb * 1024} --ondisk=${disks[0]}`]),
    `part / --fstype=xfs --size=20480 --grow --ondisk=${disks[0]}`,
  ];
}

async function hashed(password: string): Promise<string> {
  const made = await $({ input: `${password}\n`, quiet: true })`openssl passwd -6 -stdin`;
  return made.stdout.trim();
}
