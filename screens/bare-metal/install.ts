import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { ROLES, type Role } from '../../src/api/role.ts';
import { Secret } from '../../src/api/secret-text.ts';
import { same, say, type Words } from '../../src/api/words.ts';
import type { Installation, installMachine } from '../../src/node/bare-metal/schema/install.ts';
import { confirm } from '../../src/tui/confirm.ts';
import { type Field, form, type Values } from '../../src/tui/form.ts';
import { phrase } from '../../src/tui/phrase.ts';
import type { Context } from '../context.ts';
import { list, text } from '../network/change-form.ts';
import { addedMachine, type Known } from './known.ts';
import { firmwareWords, ROLE_WORDS } from './words.ts';

const INSTALL = reference<typeof installMachine>('bareMetal.install');

/** Asks what a machine is to become. @param mac of the NIC that it starts from, where it is known */
export const openInstall = (context: Context, known: Known, name: string, mac?: string): void =>
  context.stage.open(
    form({
      title: titleOf(name),
      notes: [
        say(
          'It starts from the network once, and installs itself from the medium of this node.',
          '机器将从网络启动一次，并从本节点的安装介质自动安装。',
        ),
      ],
      fields: fieldsOf(known, name, mac),
      schema: async () => (await import('../../src/node/bare-metal/schema/install.ts')).installMachine.input,
      input: (values) => inputOf(name, values),
      check: differs,
      submit: async (values, { signal }) => {
        await confirmed(context, name, values);
        await context.controller().call(INSTALL, inputOf(name, values), { signal });
      },
      done: () => {
        context.stage.notice(say(`${name} starts from the network.`, `${name} 正从网络启动。`), 'good');
        void known.again();
      },
      submitLabel: say('Install', '安装'),
    }),
  );

const titleOf = (name: string): Words => say(`Install ${name} over the network`, `通过网络安装 ${name}`);

const YES_NO = [
  { value: 'yes', label: say('yes', '是') },
  { value: 'no', label: say('no', '否') },
];

/** What it starts from is offered where just one machine asks. */
function fieldsOf({ now }: Known, name: string, mac: string | undefined): Field[] {
  const { pxe } = now();
  const before = addedMachine(now(), name)?.installation;
  const asking = pxe.asking.state === 'unknown' ? [] : pxe.asking.value;
  return [
    {
      name: 'macs',
      label: say('NICs (MAC)', '网卡 MAC'),
      kind: 'text',
      columns: 40,
      value: mac ?? before?.macs.join(' ') ?? '',
      help: say(
        'the one that it starts from; further ones of its bond behind it',
        '启动所用的网卡；聚合的其他网卡写在其后',
      ),
      ...(asking.length > 0 && {
        pick: { rows: asking.map((one) => ({ value: one.mac, about: firmwareWords(one.firmware) })) },
      }),
    },
    {
      name: 'role',
      label: say('Mode', '模式'),
      kind: 'choice',
      choices: ROLES.map((value) => ({ value, label: ROLE_WORDS[value] })),
      value: before?.role ?? 'compute',
    },
    {
      name: 'unattended',
      label: say('Unattended', '无人值守'),
      kind: 'choice',
      choices: YES_NO,
      help: say('yes: all its disks are wiped; no: chosen by hand', '是：清除所有磁盘；否：手动选择磁盘'),
    },
    {
      name: 'vnc',
      label: say('Show it by VNC', 'VNC 显示'),
      kind: 'choice',
      choices: YES_NO,
      value: 'no',
      help: say('to whoever comes, over the network', '网络上任何人均可查看'),
    },
    {
      name: 'address',
      label: say('Address', '地址'),
      kind: 'text',
      value: 'dhcp',
      help: say('dhcp, or 192.0.2.7/24: of its bond', 'dhcp，或 192.0.2.7/24：聚合接口的地址'),
    },
    { name: 'gateway', label: say('Gateway', '网关'), kind: 'text', optional: true },
    { name: 'nameservers', label: say('Name servers', 'DNS 服务器'), kind: 'text', optional: true },
    {
      name: 'mode',
      label: say('Bond', '聚合模式'),
      kind: 'choice',
      choices: ['active-backup', '802.3ad'].map((value) => ({ value, label: same(value) })),
    },
    { name: 'rootPassword', label: say("Root's password", 'root 密码'), kind: 'secret' },
    { name: 'again', label: say('The same again', '再次输入'), kind: 'secret' },
  ];
}

/** A fault where the password was not typed alike twice. */
function differs({ rootPassword, again }: Values): Fault | undefined {
  if (!(rootPassword instanceof Secret)) return undefined;
  if (again instanceof Secret && again.reveal() === rootPassword.reveal()) return undefined;
  return new Fault('usage', say('differs from the password', '与密码不一致'), { field: 'again' });
}

const inputOf = (name: string, values: Values) => ({
  name,
  macs: list(values, 'macs'),
  role: values.role as Role,
  unattended: values.unattended === 'yes',
  vnc: values.vnc === 'yes',
  address: text(values, 'address'),
  ...(text(values, 'gateway') === '' ? {} : { gateway: text(values, 'gateway') }),
  nameservers: list(values, 'nameservers'),
  mode: values.mode as Installation['mode'],
  rootPassword: values.rootPassword as Secret,
});

/** Its name is typed where its disks are wiped. Throws `conflict` when it is left. */
async function confirmed(context: Context, name: string, { unattended, role }: Values): Promise<void> {
  const mode = ROLE_WORDS[role as Role];
  const restarts = say(
    `${name} is switched on from the network, hard where it runs, and becomes a ${mode.en} node.`,
    `${name} 将从网络启动（运行中则强制重置），并成为${mode.zh}。`,
  );
  const wiped = say('ALL ITS DISKS ARE WIPED. There is no way back.', '其所有磁盘都会被清除，无法恢复。');
  const title = titleOf(name);
  const yes = await new Promise<boolean>((answer) => {
    const answers = { title, danger: true, yes: () => answer(true), no: () => answer(false) };
    context.stage.open(
      unattended === 'yes'
        ? phrase({ ...answers, lines: [restarts, wiped], phrase: name })
        : confirm({ ...answers, lines: [restarts] }),
    );
  });
  if (!yes) throw new Fault('conflict', say('nothing was done', '未执行任何操作'));
}
