import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '../../src/api/fault.ts';
import { say } from '../../src/api/words.ts';
import { confirm } from '../../src/tui/confirm.ts';
import { form } from '../../src/tui/form.ts';
import { list } from '../../src/tui/list.ts';
import { type MenuEntry, menu } from '../../src/tui/menu.ts';
import { message } from '../../src/tui/message.ts';
import type { Page } from '../../src/tui/page.ts';
import { phrase } from '../../src/tui/phrase.ts';
import { planView } from '../../src/tui/plan-view.ts';
import { progress } from '../../src/tui/progress.ts';
import { reader } from '../../src/tui/reader.ts';
import { guardProcess } from '../../src/tui/signals.ts';
import { createStage, type TerminalStage } from '../../src/tui/stage.ts';
import { bar, line, span, wrapLine } from '../../src/tui/text.ts';

/** A program that shows every kind of page, for the end-to-end tests of the frame. Arguments: `mono`, `plain`, `speed=BYTES` a second. */
const stage = open();
guardProcess(stage);
let clock = 0;

function open(): TerminalStage {
  try {
    const { stdin: input, stdout: output, env } = process;
    const [mono, plain] = ['mono', 'plain'].map((wish) => process.argv.includes(wish));
    const speed = process.argv.find((wish) => wish.startsWith('speed='))?.slice('speed='.length);
    const bytesPerSecond = speed === undefined ? undefined : Number(speed);
    return createStage({
      input,
      output,
      env,
      bytesPerSecond,
      ...(mono && { mono }),
      ...(plain && { plain }),
    });
  } catch (thrown) {
    const { words, next } = Fault.from(thrown);
    process.stderr.write(`${words.en}\n${next?.en ?? ''}\n`);
    process.exit(1);
  }
}

const said = (text: string): void =>
  stage.open(message({ title: say('Said', '消息'), lines: [say(text, text)] }));

const main: Page = {
  kind: 'screen',
  title: say('Fixture', '示例'),
  draw: ({ columns, rows }, look) => ({
    lines: [
      line(` Fixture ${columns}x${rows}`, 'title'),
      line(` tick ${clock}`),
      [span(' load ', 'label'), ...bar(0.42, 20), span(' 42%')],
      line(look.say(say(' hello', ' 你好，世界'))),
      line(' \x1b[31mhostile\x07 text', 'warn'),
    ],
    widgets: look.rich
      ? [
          {
            kind: 'history',
            row: 8,
            column: 2,
            columns: 20,
            rows: 4,
            values: [0, 25, 50, 75, 100],
            tone: 'good',
          },
          { kind: 'gauge', row: 13, column: 2, columns: 30, rows: 4, percent: 42, tone: 'warn' },
        ]
      : [],
  }),
  bindings: () => [
    {
      keys: ['f2', '2'],
      label: say('System Configuration', '系统配置'),
      help: say('opens the menu', '打开菜单'),
      run: () => stage.open(menuPage()),
    },
    { keys: ['t'], help: say('one tick', '计时'), run: () => void clock++ },
    { keys: ['q'], label: say('Quit', '退出'), help: say('ends', '结束'), run: () => stage.quit(0) },
    {
      keys: ['x'],
      help: say('a defect', '缺陷'),
      run: () => {
        throw new Error('planted defect');
      },
    },
    {
      keys: ['d'],
      label: say('Disabled', '禁用'),
      help: say('never works', '不可用'),
      disabled: () => say('this one never works', '此项不可用'),
      run: () => said('not reached'),
    },
  ],
};

const entry = (label: string, run: MenuEntry['run']): MenuEntry => ({
  label: say(label, `${label} 中文`),
  help: [say(`Explains ${label}. `.repeat(6), `说明 ${label}。`.repeat(6))],
  value: () => [line(`present value of ${label}`)],
  run,
});

const menuPage = (): Page =>
  menu({
    title: say('System Configuration', '系统配置'),
    entries: [
      entry('Form', () => stage.open(formPage())),
      entry('List', () => stage.open(listPage())),
      entry('Confirm', () =>
        stage.open(
          confirm({
            title: say('Sure?', '确定？'),
            lines: [say('Really do it?', '真的执行？')],
            danger: true,
            yes: () => said('yes it is'),
          }),
        ),
      ),
      entry('Phrase', () =>
        stage.open(
          phrase({
            title: say('Power off', '关机'),
            lines: [say('All goes dark.', '即将断电。')],
            phrase: 'POWER OFF',
            danger: true,
            yes: () => said('phrase was right'),
          }),
        ),
      ),
      entry('Progress', () => runProgress()),
      entry('Plan', async () => {
        await pause(300);
        stage.open(planPage());
      }),
      entry('Reader', () => stage.open(readerPage())),
      // Longer than keys are held for a page.
      entry('Slow list', async () => {
        await pause(6000);
        stage.open(listPage());
      }),
      ...Array.from({ length: 18 }, (_, index) =>
        entry(`Entry ${index + 9}`, () => said(`entry ${index + 9}`)),
      ),
    ],
    keys: [
      {
        keys: ['f2'],
        label: say('Main screen', '主屏幕'),
        help: say('back', '返回'),
        run: () => stage.home(),
      },
    ],
  });

const readerPage = (): Page =>
  reader({
    title: say('A long text', '长文本'),
    rows: (_, columns) =>
      Array.from({ length: 60 }, (_, row) => line(`${row + 1} ${'word '.repeat(18)}`)).flatMap((row) =>
        wrapLine(row, columns, 4),
      ),
    follow: true,
  });

const formPage = (): Page =>
  form({
    title: say('A form', '表单'),
    notes: [say('Fill it in.', '请填写。')],
    fields: [
      {
        name: 'name',
        label: say('Name', '名称'),
        kind: 'text',
        value: 'em01',
        help: say('any name', '任意名称'),
      },
      { name: 'password', label: say('Password', '密码'), kind: 'secret' },
      { name: 'port', label: say('Port', '端口'), kind: 'number', optional: true },
      {
        name: 'mode',
        label: say('Mode', '模式'),
        kind: 'choice',
        choices: [
          { value: 'a', label: say('active-backup', '主备') },
          { value: 'l', label: say('802.3ad', '802.3ad') },
        ],
      },
    ],
    schema: async () => (await import('./fixture-schema.ts')).fixtureInput,
    async submit(values, run) {
      if (values.name === 'slow') {
        run.progress(say('asking around', '正在查询'));
        await new Promise((resolve) => run.signal.addEventListener('abort', resolve));
      }
      const { password } = values;
      if (typeof password === 'object' && password.reveal() === 'wrong')
        throw new Fault('refused', say('The password is wrong', '密码错误'));
      said(`submitted ${JSON.stringify(values)}`);
    },
  });

const listPage = (): Page =>
  list({
    title: say('NICs', '网卡'),
    header: () => line('name    state'),
    rows: () => Array.from({ length: 60 }, (_, index) => `em${String(index).padStart(2, '0')}`),
    row: (name) => line(`${name}    UP`),
    open: (name) => said(`opened ${name}`),
    empty: say('no NICs', '没有网卡'),
  });

function runProgress(): void {
  const shown = progress({
    title: say('At work', '执行中'),
    stop: () => shown.done(say('stopped', '已停止')),
  });
  stage.open(shown.page);
  shown.step(say('first step', '第一步'), 0.25);
  shown.line(line('a line of output'));
  shown.step(say('second step', '第二步'), 0.5);
}

const planPage = (): Page =>
  planView({
    plan: {
      title: say('Rename em01', '重命名 em01'),
      steps: [
        { type: 'a', words: say('take the link down', '断开链路') },
        { type: 'b', words: say('rename it', '重命名') },
      ],
      warnings: [say('the link is down for a moment', '链路将短暂中断')],
    },
    yes: () => said('carried out'),
  });

stage.open(main);
