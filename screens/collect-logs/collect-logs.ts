import { reference } from '../../src/api/client.ts';
import { say, type Words } from '../../src/api/words.ts';
import type { Collected, collectLogs, Span } from '../../src/node/logs/schema.ts';
import { list } from '../../src/tui/list.ts';
import { type Line, span } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';
import { bytes } from '../format.ts';
import { endsAt, followJob } from '../job/job.ts';
import type { Entry } from '../menu/entry.ts';
import { lastJob } from '../menu/values.ts';
import { stickKey } from '../usb-stick/usb-stick.ts';

const LABEL = say('Collect Logs', '收集日志');
const COLLECT = reference<typeof collectLogs>('logs.collect');

const SPANS: readonly { span: Span; full: boolean; label: Words }[] = [
  { span: 'hour', full: false, label: say('Logs written in the last hour', '最近一小时有写入的日志') },
  { span: 'day', full: false, label: say('Logs written in the last day', '最近一天有写入的日志') },
  {
    span: 'all',
    full: false,
    label: say('All logs, their last 100 000 lines', '全部日志，每个最后 10 万行'),
  },
  { span: 'all', full: true, label: say('All logs, whole', '全部日志，完整内容') },
];

/** Logs, settings and state of this node in one archive, handed out by the export server. */
export const collectLogsEntry: Entry = {
  label: LABEL,
  help: [
    say(
      'Logs, settings and state of this node in one archive, to be read in a browser. Passwords are masked.',
      '将本节点的日志、设置与状态打包，可在浏览器中查看。密码会被屏蔽。',
    ),
  ],
  value: lastJob('logs.collect'),
  open: (context) =>
    context.stage.open(
      list({
        title: LABEL,
        rows: () => SPANS,
        row: ({ label }, look) => [span(look.say(label))],
        open: (choice) => collect(context, choice.span, choice.full),
        openLabel: say('Collect', '收集'),
        keys: () => [stickKey(context)],
        empty: say('none', '无'),
      }),
    ),
};

const collect = (context: Context, since: Span, full: boolean): Promise<void> =>
  followJob<Collected>(context, COLLECT, () => context.controller().start(COLLECT, { span: since, full }), {
    title: LABEL,
    told: (done) => summary(done),
    done: say('The logs are collected.', '日志已收集。'),
  });

function summary({ url, expires, path, size, files, cut }: Collected): (Words | Line)[] {
  const amount = `${files} files, ${bytes(size)}`;
  const left =
    cut.length === 0
      ? []
      : [say(`${cut.length} left out or cut, see left_out`, `有 ${cut.length} 项被省略，见 left_out`)];
  return [
    ...addressRows(url, expires),
    [span(path)],
    say(amount, `${files} 个文件，${bytes(size)}`),
    ...left,
  ];
}

const PLAIN = say('plain HTTP: who listens on the way can read it', '明文 HTTP：传输途中可被窃听');

/** The address that opens it in a browser, and what to know of it, or why there is none. */
export function addressRows(url: Collected['url'], expires: number): (Words | Line)[] {
  if (url.state === 'unknown') {
    return [say(`no address: ${url.why.en}`, `没有地址：${url.why.zh}`)];
  }
  return [[span(url.value, 'good')], PLAIN, endsAt(expires)];
}
