import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { same, say } from '../../src/api/words.ts';
import type {
  ConsoleProxy,
  configureConsoleProxy,
  readConsoleProxy,
} from '../../src/node/console-proxy/schema.ts';
import { confirm } from '../../src/tui/confirm.ts';
import { form } from '../../src/tui/form.ts';
import type { Values } from '../../src/tui/form-field.ts';
import { faultMessage } from '../../src/tui/message.ts';
import { progress } from '../../src/tui/progress.ts';
import type { Context } from '../context.ts';
import type { Entry } from '../menu/entry.ts';
import { told } from '../menu/values.ts';
import { changedRows } from './changed.ts';

const LABEL = say('Configure Console Proxy', '配置控制台代理');
const READ = reference<typeof readConsoleProxy>('consoleProxy.read');
const CONFIGURE = reference<typeof configureConsoleProxy>('consoleProxy.configure');
const ADDRESS_COLUMNS = 40;
/** Where browsers reach the consoles when nothing is set. */
const DEFAULT_PORT = 4900;

/** Address and port under which browsers reach the consoles of VMs. */
export const consoleProxyEntry: Entry = {
  label: LABEL,
  roles: ['management'],
  help: [
    say(
      'Address and port under which browsers reach the consoles of VMs.',
      '浏览器访问云主机控制台所用的地址和端口。',
    ),
    say('The message queue is reset and the service restarted.', '将重置消息队列并重启服务。'),
  ],
  read: async (context) => {
    const { address, port } = await context.controller().call(READ, {});
    return [
      told(
        say('Address', '地址'),
        address === '' ? say('the management address', '管理地址') : same(address),
      ),
      told(
        say('Port', '端口'),
        port === '' ? say(`${DEFAULT_PORT}, not set`, `${DEFAULT_PORT}（未设置）`) : same(port),
      ),
    ];
  },
  open: (context) => open(context),
};

async function open(context: Context): Promise<void> {
  try {
    openForm(context, await context.controller().call(READ, {}));
  } catch (thrown) {
    context.stage.open(faultMessage(Fault.from(thrown), LABEL));
  }
}

function openForm(context: Context, now: ConsoleProxy): void {
  let values: Values = {};
  context.stage.open(
    form({
      title: LABEL,
      notes: [
        say(
          'An empty address, or 0.0.0.0, means the management address; an empty port means 4900.',
          '地址为空或 0.0.0.0 表示使用管理地址；端口为空表示 4900。',
        ),
      ],
      fields: [
        {
          name: 'address',
          label: say('Proxy IP', '代理 IP'),
          kind: 'text',
          value: now.address,
          optional: true,
          columns: ADDRESS_COLUMNS,
        },
        {
          name: 'port',
          label: say('Port', '端口'),
          kind: 'text',
          value: now.port,
          optional: true,
          columns: 8,
        },
      ],
      schema: async () =>
        (await import('../../src/node/console-proxy/schema.ts')).configureConsoleProxy.input,
      submit: async (given) => {
        values = given;
      },
      done: () => ask(context, inputOf(values)),
    }),
  );
}

const inputOf = ({ address = '', port = '' }: Values): ConsoleProxy => ({
  address: String(address),
  port: String(port),
});

const ask = (context: Context, wanted: ConsoleProxy): void =>
  context.stage.open(
    confirm({
      title: LABEL,
      lines: [
        say(
          `Browsers will be sent to ${wanted.address || 'the management address'}, port ${wanted.port || 4900}.`,
          `浏览器将访问 ${wanted.address || '管理地址'}，端口 ${wanted.port || 4900}。`,
        ),
        say(
          'The message queue is reset and the management service restarted, which takes a while. Open VM consoles end. If anything fails, all is as before.',
          '将重置消息队列并重启管理服务，需要一些时间。已打开的云主机控制台会断开。任何一步失败都会全部恢复。',
        ),
      ],
      yes: () => void carryOut(context, wanted),
      no: () => openForm(context, wanted),
    }),
  );

async function carryOut(context: Context, wanted: ConsoleProxy): Promise<void> {
  const window = progress({ title: LABEL, background: () => undefined });
  context.stage.open(window.page);
  try {
    const changed = await context
      .controller()
      .call(CONFIGURE, wanted, { onProgress: ({ words, fraction }) => window.step(words, fraction) });
    for (const row of changedRows(changed)) window.line(row);
    window.done(say('The console proxy is configured.', '控制台代理已配置。'));
  } catch (thrown) {
    window.failed(Fault.from(thrown));
  }
}
