import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { say, type Words } from '../../src/api/words.ts';
import type { Order, orderServices, ServiceStep } from '../../src/node/services/schema.ts';
import { list } from '../../src/tui/list.ts';
import { phrase } from '../../src/tui/phrase.ts';
import { progress } from '../../src/tui/progress.ts';
import { fitLine, type Line, span } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';
import { tellTroubles } from '../diagnose/diagnose.ts';
import type { Entry } from '../menu/entry.ts';
import { servicesValue } from '../menu/values.ts';

const LABEL = say('Start/Stop/Restart ZStack Service', '启动/停止/重启 ZStack 服务');
const ORDER = reference<typeof orderServices>('services.order');

interface Choice {
  order: Order;
  phrase: string;
  label: Words;
  consequence: Words;
}

const CHOICES: readonly Choice[] = [
  {
    order: 'start',
    phrase: 'start zstack',
    label: say('Start', '启动'),
    consequence: say('What runs already goes on.', '已在运行的服务不受影响。'),
  },
  {
    order: 'stop',
    phrase: 'stop zstack',
    label: say('Stop', '停止'),
    consequence: say(
      'VMs go on, but nobody can manage them until the services are started again. This console goes on.',
      '云主机继续运行，但在再次启动服务之前无法管理。本控制台不受影响。',
    ),
  },
  {
    order: 'restart',
    phrase: 'restart zstack',
    label: say('Restart', '重启'),
    consequence: say('VMs go on; the service is away for a while.', '云主机继续运行；服务会暂时不可用。'),
  },
];

/** This role's services, one by one in their order. */
export const servicesEntry: Entry = {
  label: LABEL,
  help: [
    say(
      "This role's services, one by one in their order. The controller and this console go on.",
      '按顺序启停本角色的各项服务。控制器与本控制台不受影响。',
    ),
  ],
  value: servicesValue,
  open: (context) =>
    context.stage.open(
      list({
        title: LABEL,
        notes: (look, columns) => servicesValue(context.model, look, columns),
        rows: () => CHOICES,
        row: ({ label }, look) => [span(look.say(label))],
        open: (choice) => confirmChoice(context, choice),
        empty: say('none', '无'),
      }),
    ),
};

const confirmChoice = (context: Context, choice: Choice): void =>
  context.stage.open(
    phrase({
      title: choice.label,
      lines: [choice.consequence],
      phrase: choice.phrase,
      danger: choice.order !== 'start',
      yes: (why) => void carryOut(context, choice, why),
    }),
  );

async function carryOut(
  context: Context,
  { order, phrase: typed, label }: Choice,
  why: string,
): Promise<void> {
  const window = progress({ title: label, background: () => undefined });
  context.stage.open(window.page);
  const speak = (words: Words) => context.stage.look.say(words);
  try {
    const ends = await context
      .controller()
      .call(ORDER, { order, phrase: typed, why }, { onItem: (step) => window.line(stepLine(step, speak)) });
    const some = ends.some(({ state }) => state === 'started' || state === 'stopped');
    window.done(
      some ? say('done', '完成') : say('no service of this role can be started', '没有可启动的本角色服务'),
    );
  } catch (thrown) {
    if (order !== 'stop') await tellTroubles(context, window);
    window.failed(Fault.from(thrown));
  }
}

const STATES: Record<ServiceStep['state'], Words> = {
  starting: say('starting', '正在启动'),
  stopping: say('stopping', '正在停止'),
  started: say('runs', '运行中'),
  stopped: say('stopped', '已停止'),
  'not installed': say('not installed', '未安装'),
  masked: say('masked: not started', '已屏蔽：未启动'),
  'not used': say('not used', '未使用'),
  failed: say('! failed', '! 失败'),
};

const stepLine = ({ label, unit, state, why }: ServiceStep, speak: (words: Words) => string): Line => [
  ...fitLine([span(speak(label), 'label')], 14),
  ...fitLine([span(unit)], 28),
  span(speak(why ?? STATES[state]), state === 'failed' ? 'bad' : 'plain'),
];
