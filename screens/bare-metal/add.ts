import { reference } from '../../src/api/client.ts';
import type { Secret } from '../../src/api/secret-text.ts';
import { same, say, type Words } from '../../src/api/words.ts';
import type { Asking } from '../../src/node/bare-metal/schema/pxe.ts';
import type { addMachine, bmcCertificate } from '../../src/node/bare-metal/schema.ts';
import { type Field, form, type Values } from '../../src/tui/form.ts';
import { agreed } from '../change-password/agreed.ts';
import type { Context } from '../context.ts';
import { openInstall } from './install.ts';
import type { Known } from './known.ts';
import { firmwareWords } from './words.ts';

const ADD = reference<typeof addMachine>('bareMetal.add');
const CERTIFICATE = reference<typeof bmcCertificate>('bareMetal.certificate');
const TITLE = say('Add a machine', '添加机器');

/** A machine by its BMC; after that, what is to be installed on it. @param asking the machine that is meant, where it has asked */
export function openAdd(context: Context, known: Known, asking?: Asking): void {
  let name = '';
  context.stage.open(
    form({
      title: TITLE,
      notes: notesOf(asking),
      fields: fieldsOf(asking?.firmware),
      schema: async () => (await import('../../src/node/bare-metal/schema.ts')).addMachine.input,
      // What a Redfish BMC shows is asked and compared behind this.
      input: (values) => ({ ...inputOf(values), ...(isRedfish(values) && { certificate: SOME }) }),
      submit: async (values) => {
        name = String(values.name);
        const certificate = isRedfish(values) ? await confirmedOf(context, values) : undefined;
        const input = { ...inputOf(values), ...(certificate === undefined ? {} : { certificate }) };
        known.learned(await context.controller().call(ADD, input));
      },
      done: () => {
        context.stage.notice(say(`${name} is added.`, `已添加 ${name}。`), 'good');
        openInstall(context, known, name, asking?.mac);
      },
    }),
  );
}

const notesOf = (asking: Asking | undefined): Words[] => [
  ...(asking === undefined
    ? []
    : [
        say(
          `The machine that asked with ${asking.mac} (${firmwareWords(asking.firmware).en}).`,
          `以 ${asking.mac} 请求网络启动的机器（${firmwareWords(asking.firmware).zh}）。`,
        ),
      ]),
  say(
    'It is switched by its BMC, which is asked for the power state before anything is kept.',
    '通过其 BMC 控制；保存前会先查询电源状态。',
  ),
];

const PROTOCOLS = [
  { value: 'ipmi', label: same('IPMI 2.0') },
  { value: 'redfish', label: same('Redfish') },
];
const FIRMWARES = [
  { value: 'uefi', label: same('UEFI') },
  { value: 'bios', label: same('BIOS') },
];

const fieldsOf = (firmware: 'bios' | 'uefi' = 'uefi'): Field[] => [
  {
    name: 'name',
    label: say('Name', '名称'),
    kind: 'text',
    help: say('it becomes its hostname', '将成为其主机名'),
  },
  { name: 'protocol', label: say('BMC speaks', 'BMC 协议'), kind: 'choice', choices: PROTOCOLS },
  { name: 'address', label: say('BMC address', 'BMC 地址'), kind: 'text' },
  {
    name: 'port',
    label: say('BMC port', 'BMC 端口'),
    kind: 'number',
    columns: 8,
    optional: true,
    help: say('empty: 623 for IPMI, 443 for Redfish', '留空：IPMI 为 623，Redfish 为 443'),
  },
  { name: 'user', label: say('User', '用户'), kind: 'text' },
  { name: 'password', label: say('Password', '密码'), kind: 'secret' },
  {
    name: 'firmware',
    label: say('Starts by', '固件'),
    kind: 'choice',
    choices: FIRMWARES,
    value: firmware,
  },
];

const isRedfish = ({ protocol }: Values): boolean => protocol === 'redfish';
/** Stands for the certificate while the rest is checked. */
const SOME = Array.from({ length: 32 }, () => '00').join(':');

const inputOf = ({ name, protocol, address, port, user, password, firmware }: Values) => ({
  name: String(name),
  protocol: protocol as 'ipmi' | 'redfish',
  address: String(address),
  ...(port === undefined ? {} : { port }),
  user: String(user),
  password: password as Secret,
  firmware: firmware as 'bios' | 'uefi',
});

/** The certificate that the BMC shows, once a person says that it is its own. */
async function confirmedOf(context: Context, { address, port }: Values): Promise<string> {
  const place = { address: String(address), ...(port === undefined ? {} : { port }) };
  const { certificate } = await context.controller().call(CERTIFICATE, place);
  const half = Math.ceil(certificate.length / 2);
  await agreed(context, TITLE, [
    say(`Certificate that ${place.address} shows:`, `${place.address} 出示的证书：`),
    same(certificate.slice(0, half)),
    same(certificate.slice(half)),
    say(
      'Is it its own? It must show the same one from now on.',
      '是否为其自己的证书？此后必须出示同一证书。',
    ),
  ]);
  return certificate;
}
