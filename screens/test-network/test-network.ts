import { Fault } from '../../src/api/fault.ts';
import { say, type Words } from '../../src/api/words.ts';
import type { CheckItem, PingItem, PingSummary } from '../../src/node/network/schema.ts';
import { form } from '../../src/tui/form.ts';
import { progress } from '../../src/tui/progress.ts';
import { fitLine, type Line, span } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';
import type { Entry } from '../menu/entry.ts';
import { addressesValue } from '../menu/values.ts';

const LABEL = say('Test Network', '测试网络');

/** Sends echo requests to an address, or asks gateway, DNS and management node in one go. */
export const testNetworkEntry: Entry = {
  label: LABEL,
  help: [
    say(
      'Does an address answer? Filled in is one outside; type one inside for that.',
      '测试某个地址是否可达。默认填入外网地址，也可输入内网地址。',
    ),
    say(
      'F3 in the form asks the default gateway, the DNS servers and the management node.',
      '在表单中按 F3 检查默认网关、DNS 服务器和管理节点。',
    ),
  ],
  value: addressesValue,
  open: (context) => openForm(context),
};

async function openForm(context: Context): Promise<void> {
  const { DEFAULT_PING_TARGET, ping } = await import('../../src/node/network/schema.ts');
  let target = '';
  context.stage.open(
    form({
      title: LABEL,
      fields: [
        {
          name: 'address',
          label: say('Address', '地址'),
          kind: 'text',
          value: DEFAULT_PING_TARGET,
          columns: 40,
        },
      ],
      schema: async () => ping.input,
      keys: [
        {
          keys: ['f3'],
          label: say('Gateway, DNS, management node', '网关、DNS、管理节点'),
          help: say('asks all three', '检查三项'),
          run: () => void check(context),
        },
      ],
      submit: async ({ address }) => {
        target = String(address);
      },
      done: () => void runPing(context, target),
    }),
  );
}

async function runPing(context: Context, address: string): Promise<void> {
  const { ping } = await import('../../src/node/network/schema.ts');
  const stop = new AbortController();
  const window = progress({
    title: say(`Test Network: ${address}`, `测试网络：${address}`),
    stop: () => stop.abort(),
  });
  context.stage.open(window.page);
  try {
    const summary = await context.controller().call(
      ping,
      { address },
      {
        signal: stop.signal,
        onItem: (item) => window.line(pingLine(item)),
      },
    );
    window.done(summaryWords(summary));
  } catch (thrown) {
    window.failed(Fault.from(thrown));
  }
}

function pingLine(item: PingItem): Words {
  switch (item.kind) {
    case 'reply': {
      const time = `${item.time} ms`;
      return say(`${item.sequence}: answered in ${time}`, `${item.sequence}：${time} 有应答`);
    }
    case 'miss':
      return say(`${item.sequence}: ${item.why.en}`, `${item.sequence}：${item.why.zh}`);
    default:
      return item.words;
  }
}

function summaryWords(summary: PingSummary): Words {
  const { sent, received, times } = summary;
  const loss = sent === 0 ? 0 : Math.round(((sent - received) / sent) * 100);
  const span = times === undefined ? '' : `  min/avg/max ${times.min}/${times.avg}/${times.max} ms`;
  return say(
    `sent ${sent}  received ${received}  loss ${loss}%${span}`,
    `发送 ${sent}  收到 ${received}  丢失 ${loss}%${span}`,
  );
}

async function check(context: Context): Promise<void> {
  const { checkReachability } = await import('../../src/node/network/schema.ts');
  const stop = new AbortController();
  const window = progress({
    title: say('Gateway, DNS, management node', '网关、DNS、管理节点'),
    stop: () => stop.abort(),
  });
  context.stage.open(window.page);
  try {
    await context.controller().call(
      checkReachability,
      {},
      {
        signal: stop.signal,
        onItem: (item) => window.line(checkLine(item, (words) => context.stage.look.say(words))),
      },
    );
    window.done(say('done', '完成'));
  } catch (thrown) {
    window.failed(Fault.from(thrown));
  }
}

const SIGNS = { good: span('ok  ', 'good'), bad: span('!   ', 'bad'), unknown: span('n/a ', 'dim') } as const;

const checkLine = (item: CheckItem, speak: (words: Words) => string): Line => [
  SIGNS[item.state],
  ...fitLine([span(speak(item.label), 'label')], 18),
  ...fitLine([span(item.target)], 24),
  span(speak(item.words)),
];
