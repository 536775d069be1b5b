import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { latestOf } from '../../src/api/reading.ts';
import { say, type Words } from '../../src/api/words.ts';
import type { guardPowerOff, guardReboot } from '../../src/guard/schema.ts';
import type { PowerVerdict } from '../../src/node/power/schema.ts';
import { list } from '../../src/tui/list.ts';
import { faultMessage, message } from '../../src/tui/message.ts';
import type { Page } from '../../src/tui/page.ts';
import { phrase } from '../../src/tui/phrase.ts';
import { type Line, span } from '../../src/tui/text.ts';
import type { Access } from '../access/session.ts';
import type { Context } from '../context.ts';

interface Choice {
  label: Words;
  phrase: 'REBOOT' | 'POWEROFF';
  consequence: Words;
  done: Words;
  ask(context: Context, why: string): Promise<void>;
  askGuard(context: Context, ticket: string, why: string): Promise<void>;
}

const GUARD_REBOOT = reference<typeof guardReboot>('guard.reboot');
const GUARD_POWER_OFF = reference<typeof guardPowerOff>('guard.powerOff');

const CHOICES: readonly Choice[] = [
  {
    label: say('Reboot', '重启'),
    phrase: 'REBOOT',
    consequence: say(
      'VMs that run here are shut down; this console is back after the start.',
      '此处运行的云主机将被关闭；启动后本控制台会恢复。',
    ),
    done: say('The node is rebooting.', '节点正在重启。'),
    async ask(context, why) {
      const { reboot } = await import('../../src/node/power/schema.ts');
      await context.controller().call(reboot, { phrase: 'REBOOT', why });
    },
    askGuard: (context, ticket, why) => context.guard((guard) => guard.call(GUARD_REBOOT, { ticket, why })),
  },
  {
    label: say('Power off', '关机'),
    phrase: 'POWEROFF',
    consequence: say(
      'VMs that run here are shut down; only the power button or the BMC brings the node back.',
      '此处运行的云主机将被关闭；只能通过电源按钮或 BMC 重新开机。',
    ),
    done: say('The node is powering off.', '节点正在关机。'),
    async ask(context, why) {
      const { powerOff } = await import('../../src/node/power/schema.ts');
      await context.controller().call(powerOff, { phrase: 'POWEROFF', why });
    },
    askGuard: (context, ticket, why) =>
      context.guard((guard) => guard.call(GUARD_POWER_OFF, { ticket, why })),
  },
];

/** F12: reboot or power off, after what stands against it has been said. Works through guard when the controller is dead. */
export async function openPower(context: Context, access: Access): Promise<void> {
  const verdict = await readVerdict(context);
  context.stage.open(powerPage(context, access, verdict));
}

/** The verdict, or why it cannot be had: power work goes on without it. */
async function readVerdict(context: Context): Promise<PowerVerdict | Fault> {
  try {
    const { powerVerdict } = await import('../../src/node/power/schema.ts');
    return await context.controller().call(powerVerdict, {});
  } catch (thrown) {
    return Fault.from(thrown);
  }
}

function powerPage(context: Context, access: Access, verdict: PowerVerdict | Fault): Page {
  const lines = (speak: (words: Words) => string) => verdictLines(verdict, speak);
  const page = list<Choice>({
    title: say('Reboot/Power off', '重启/关机'),
    kind: 'window',
    danger: true,
    notes: (look) => lines((words) => look.say(words)),
    rows: () => CHOICES,
    row: (choice, look) => [span(look.say(choice.label))],
    open: (choice) => context.stage.open(phrasePage(context, access, choice, verdict)),
    empty: say('none', '无'),
  });
  // Set on the page itself: the stage closes a page by its identity.
  page.closed = () => access.end();
  return page;
}

const phrasePage = (context: Context, access: Access, choice: Choice, verdict: PowerVerdict | Fault): Page =>
  phrase({
    title: choice.label,
    danger: true,
    phrase: choice.phrase,
    lines: (look) => [
      ...verdictLines(verdict, (words) => look.say(words)),
      [span(look.say(choice.consequence))],
    ],
    yes: (why) => void carryOut(context, access, choice, why),
  });

async function carryOut(context: Context, access: Access, choice: Choice, why: string): Promise<void> {
  try {
    if (context.model.link.state === 'up') await choice.ask(context, why);
    else await choice.askGuard(context, access.ticket, why);
    context.stage.open(message({ title: choice.label, lines: [choice.done] }));
  } catch (thrown) {
    context.stage.open(faultMessage(Fault.from(thrown), choice.label));
  }
}

function verdictLines(verdict: PowerVerdict | Fault, speak: (words: Words) => string): Line[] {
  if (verdict instanceof Fault) {
    const words = say(
      `! nobody can say what runs here: ${verdict.words.en}`,
      `! 无法得知此处正在运行什么：${verdict.words.zh}`,
    );
    return [[span(speak(words), 'warn')]];
  }
  const findings: Line[] = verdict.findings.map((words) => [span(`! ${speak(words)}`, 'warn')]);
  const mended: Line[] = verdict.mended.map((words) => [span(speak(words), 'label')]);
  return [verdictLine(verdict, speak), ...findings, ...mended, ...vmLines(verdict)];
}

function verdictLine({ safe }: PowerVerdict, speak: (words: Words) => string): Line {
  if (safe.state === 'unknown') {
    return [
      span(`${speak(say('safe to reboot? unknown: ', '可以安全重启吗？未知：'))}${speak(safe.why)}`, 'warn'),
    ];
  }
  return safe.value
    ? [
        span(
          speak(
            say('safe to reboot: nothing runs here that would be lost', '可以安全重启：没有会丢失的任务'),
          ),
          'good',
        ),
      ]
    : [span(speak(say('NOT safe to reboot now:', '现在重启不安全：')), 'bad')];
}

const MOST_VMS = 6;

function vmLines(verdict: PowerVerdict): Line[] {
  const vms = latestOf(verdict.runningVms) ?? [];
  const named: Line[] = vms.slice(0, MOST_VMS).map((vm) => [span(`  ${vm.name}  `), span(vm.uuid, 'dim')]);
  return vms.length > MOST_VMS ? [...named, [span(`  ... +${vms.length - MOST_VMS}`)]] : named;
}
