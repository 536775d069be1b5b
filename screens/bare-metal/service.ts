import { reference } from '../../src/api/client.ts';
import { latestOf } from '../../src/api/reading.ts';
import { same, say } from '../../src/api/words.ts';
import type { startPxe, stopPxe } from '../../src/node/bare-metal/schema/pxe.ts';
import type { Nic } from '../../src/node/facts/schema.ts';
import { confirm } from '../../src/tui/confirm.ts';
import { type Field, form, type Values } from '../../src/tui/form.ts';
import type { Binding } from '../../src/tui/page.ts';
import type { Context } from '../context.ts';
import { carryOut } from './carry-out.ts';
import type { Known } from './known.ts';

const START = reference<typeof startPxe>('bareMetal.startPxe');
const STOP = reference<typeof stopPxe>('bareMetal.stopPxe');

const STARTING = say('Start the service', '启动服务');
const STOPPING = say('Stop the service', '停止服务');

/** Starts the service where it is stopped, stops it where it is not. */
export function serviceKey(context: Context, known: Known): Binding {
  const stopped = known.now().pxe.state === 'stopped';
  return {
    keys: ['f3'],
    label: stopped ? STARTING : STOPPING,
    help: stopped
      ? say('DHCP, TFTP and HTTP on one NIC', '在一个网卡上提供 DHCP、TFTP 与 HTTP')
      : say('machines are installed no more', '不再安装机器'),
    run: () => (stopped ? askStart(context, known) : askStop(context, known)),
  };
}

const askStart = (context: Context, known: Known): void =>
  context.stage.open(
    form({
      title: STARTING,
      notes: [
        say(
          'Gives addresses, kernel and medium to the machines that are to be installed, and to nobody else. Refused while another DHCP server answers on that NIC.',
          '只为待安装的机器提供地址、内核与安装介质。该网卡上有其他 DHCP 服务器应答时拒绝启动。',
        ),
      ],
      fields: [nicField(context), ...RANGE],
      schema: async () => (await import('../../src/node/bare-metal/schema/pxe.ts')).startPxe.input,
      submit: async (values, run) => {
        await context.controller().call(START, inputOf(values), {
          signal: run.signal,
          onProgress: ({ words, fraction }) => run.progress(words, fraction),
        });
      },
      done: () => {
        context.stage.notice(say('The PXE service runs.', 'PXE 服务已运行。'), 'good');
        void known.again();
      },
    }),
  );

const inputOf = ({ nic, first, last }: Values) => ({
  nic: String(nic),
  ...(first === undefined ? {} : { first: String(first) }),
  ...(last === undefined ? {} : { last: String(last) }),
});

/** Those with an IPv4 address stand in the list; one is offered where none but the management NIC is beside it. */
function nicField({ model }: Context): Field {
  const nics = (model.facts.nics && latestOf(model.facts.nics)) ?? [];
  const able = nics.filter((nic) => nic.kind !== 'loopback' && ipv4(nic) !== undefined);
  const [offered, ...others] = able.filter(({ management }) => !management);
  return {
    name: 'nic',
    label: say('NIC', '网卡'),
    kind: 'text',
    columns: 16,
    help: say('the one that the machines are wired to; it has an address', '与机器相连、已有地址的网卡'),
    value: others.length > 0 ? '' : (offered?.name ?? ''),
    ...(able.length > 0 && {
      pick: { rows: able.map((nic) => ({ value: nic.name, about: same(ipv4(nic) ?? '') })) },
    }),
  };
}

const ipv4 = ({ addresses }: Nic): string | undefined => addresses.find((address) => !address.includes(':'));

const WHAT_IS_FREE = say('empty: what is free in that network', '留空：使用该网络中的空闲地址');
const range = (name: string, en: string, zh: string): Field => ({
  name,
  label: say(en, zh),
  kind: 'text',
  columns: 16,
  optional: true,
  help: WHAT_IS_FREE,
});
const RANGE = [range('first', 'First address', '首地址'), range('last', 'Last address', '末地址')];

const askStop = (context: Context, known: Known): void =>
  context.stage.open(
    confirm({
      title: STOPPING,
      lines: [
        say(
          'Machines that are to be installed wait until it is started again; an installation that is under way fails.',
          '待安装的机器将等待服务再次启动；正在进行的安装会失败。',
        ),
      ],
      danger: true,
      yes: () =>
        void carryOut(
          context,
          {
            title: STOPPING,
            doing: say('stopping it', '正在停止'),
            done: say('It is stopped.', '已停止。'),
          },
          (options) => context.controller().call(STOP, {}, options),
          known.again,
        ),
    }),
  );
