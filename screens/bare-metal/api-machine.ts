import { same, say, type Words } from '../../src/api/words.ts';
import { OVER_API } from '../../src/node/bare-metal/schema/over-api.ts';
import type { ApiMachine } from '../../src/node/bare-metal/schema.ts';
import { message } from '../../src/tui/message.ts';
import { capital, wrap } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';
import { told } from '../menu/values.ts';
import type { Known } from './known.ts';
import { GONE, installationLines } from './words.ts';

/** A machine that is installed over the API: what is known of it here, and where something is done with it. */
export function openApiMachine(context: Context, known: Known, { name, chassis }: ApiMachine): void {
  const now = () =>
    known
      .now()
      .machines.filter((machine) => machine.origin === 'api')
      .find((machine) => machine.chassis === chassis);
  context.stage.open(
    message({
      title: same(name),
      lines: (look, columns) => linesOf(now()).flatMap((words) => wrap(capital(look.say(words)), columns)),
    }),
  );
}

const linesOf = (machine: ApiMachine | undefined): Words[] =>
  machine === undefined
    ? [GONE]
    : [
        told(say('Asked for', '安装来源'), say('over the API', 'API')),
        ...installationLines(machine.installation),
        told(say('Chassis', '机箱'), same(machine.chassis)),
        same(''),
        OVER_API,
      ];
