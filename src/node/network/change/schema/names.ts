import { say, type Words } from '../../../../api/words.ts';

/** IFNAMSIZ less its NUL. */
export const NAME_LIMIT = 15;

const RESERVED = new Set(['lo', 'bonding_masters', 'all', 'default', 'auto', '.', '..']);

/** What is wrong with a link's name; undefined when nothing is. Whether it is taken is asked elsewhere. */
export function nameProblem(name: string): Words | undefined {
  if (name === '') return say('is empty', '为空');
  if (RESERVED.has(name)) return say(`"${name}" is a reserved name`, `“${name}”是保留名称`);
  if (/[^\x21-\x7e]|[/:%]/.test(name))
    return say('may not contain spaces, "/", ":", "%" or other than plain characters', '含有不允许的字符');
  if (name.length > NAME_LIMIT)
    return say(
      `has ${name.length} characters, the kernel takes ${NAME_LIMIT}; "${shortened(name)}" would fit`,
      `有 ${name.length} 个字符，内核最多 ${NAME_LIMIT} 个；可用“${shortened(name)}”`,
    );
  return undefined;
}

/** Links that a kernel module makes by itself when it is loaded, or a well-known service when it starts. */
const MADE_BY_OTHERS =
  /^(bond0|dummy0|ifb[01]|tunl0|gre0|gretap0|erspan0|sit0|ip_vti0|ip6_vti0|ip6tnl0|ip6gre0|teql0|docker0|virbr\d+)$/;

/**
 * What is wrong with a name that a link is to get; undefined when nothing is. Links that are there may have stranger ones.
 * @param kind of the link; a bond may be the `bond0` that its module makes, a VLAN may be called after its parent.
 */
export function newNameProblem(
  name: string,
  kind: 'bond' | 'vlan' | 'bridge' | 'physical',
): Words | undefined {
  const problem = nameProblem(name);
  if (problem !== undefined) return problem;
  if (!/^[A-Za-z0-9_][\w.-]*$/.test(name))
    return say(
      'may hold letters, digits, ".", "_" and "-" only, and begins with a letter or digit',
      '只能包含字母、数字、“.”、“_”和“-”，且以字母或数字开头',
    );
  if (/^\d+$/.test(name))
    return say('is a number, which means the index of a link', '是数字，会被当作接口序号');
  if (MADE_BY_OTHERS.test(name) && !(kind === 'bond' && name === 'bond0'))
    return say(
      'is a name that a kernel module or a service takes for a link of its own',
      '是内核模块或服务会占用的名称',
    );
  const vlan = vlanIn(name);
  if (kind === 'vlan' || vlan === undefined) return undefined;
  return say(
    `is the name of VLAN ${vlan.id} on ${vlan.parent}`,
    `是 ${vlan.parent} 上 VLAN ${vlan.id} 的名称`,
  );
}

/** Parent and number that a name like `em01.20` speaks of. */
export function vlanIn(name: string): { parent: string; id: number } | undefined {
  const [, parent = '', digits = ''] = /^(.+)\.(\d{1,4})$/.exec(name) ?? [];
  const id = Number(digits);
  return parent !== '' && id >= 1 && id <= 4094 ? { parent, id } : undefined;
}

/** Names that the kernel itself hands out, perhaps to another NIC at the next boot. */
export const isKernelName = (name: string): boolean => /^(eth|wlan)\d+$/.test(name);

/** `em01.20`. */
export const vlanName = (parent: string, id: number): string => `${parent}.${id}`;

/**
 * A name of at most 15 characters that differs whenever the long one does: its start, and four digits of a checksum.
 * A VLAN's number at the end is kept whole.
 */
export function shortened(name: string): string {
  if (name.length <= NAME_LIMIT) return name;
  const tail = /[._]\d{1,4}$/.exec(name)?.[0] ?? '';
  const sum = checksum(name).toString(16).padStart(4, '0');
  return `${name.slice(0, NAME_LIMIT - tail.length - sum.length)}${sum}${tail}`;
}

/** Bridge on a link: `br_em01`, `br_eth0_10` on `eth0.10`; cut so that it stays unique. */
export const bridgeName = (link: string): string => shortened(`br_${link.replaceAll('.', '_')}`);

/** CRC-16/ARC of the name's bytes. */
function checksum(text: string): number {
  let sum = 0;
  for (const byte of Buffer.from(text)) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >> 1) ^ 0xa001 : sum >> 1;
  }
  return sum;
}
