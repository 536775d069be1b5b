import { reference } from '../../src/api/client.ts';
import { same, say, type Words } from '../../src/api/words.ts';
import { CLUSTER_NOT_TOLD, OVER_API } from '../../src/node/bare-metal/schema/over-api.ts';
import type { forgetProvisioned } from '../../src/node/bare-metal/schema/provision.ts';
import type { ApiMachine } from '../../src/node/bare-metal/schema.ts';
import { confirm } from '../../src/tui/confirm.ts';
import { list } from '../../src/tui/list.ts';
import { capital, span, wrap } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';
import { told } from '../menu/values.ts';
import { carryOut, DONE } from './carry-out.ts';
import type { Known } from './known.ts';
import { CANCEL_INSTALLATION, GONE, installationLines, UNDER_WAY_FAILS } from './words.ts';

const FORGET = reference<typeof forgetProvisioned>('bareMetal.forgetProvisioned');

/** A machine that is installed over the API: what is known of it here. It can be kept from being installed, and no more. */
export function openApiMachine(context: Context, known: Known, { name, chassis }: ApiMachine): void {
  const now = () =>
    known
      .now()
      .machines.filter((machine) => machine.origin === 'api')
      .find((machine) => machine.chassis === chassis);
  context.stage.open(
    list<ApiMachine>({
      title: same(name),
      notes: (look, columns) => linesOf(now()).flatMap((words) => wrap(capital(look.say(words)), columns)),
      rows: () => [now()].flatMap((machine) => machine ?? []),
      row: (_machine, look) => [span(look.say(CANCEL_INSTALLATION))],
      open: (machine) => askToCancel(context, known, machine),
      empty: GONE,
    }),
  );
}

function askToCancel(context: Context, known: Known, { name, chassis }: ApiMachine): void {
  const { en, zh } = CANCEL_INSTALLATION;
  const title = say(`${en}: ${name}`, `${zh}：${name}`);
  const words = { title, doing: CANCEL_INSTALLATION, done: DONE };
  const yes = () =>
    void carryOut(context, words, () => context.controller().call(FORGET, { chassis }), known.again);
  context.stage.open(confirm({ title, lines: [UNDER_WAY_FAILS, CLUSTER_NOT_TOLD], danger: true, yes }));
}

const linesOf = (machine: ApiMachine | undefined): Words[] =>
  machine === undefined
    ? []
    : [
        told(say('Asked for', '安装来源'), say('over the API', 'API')),
        ...installationLines(machine.installation),
        told(say('Chassis', '机箱'), same(machine.chassis)),
        same(''),
        OVER_API,
      ];
