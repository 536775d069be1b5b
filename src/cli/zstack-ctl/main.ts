import type { Command } from 'commander';
import { Fault } from '../../api/fault.ts';
import { printable } from '../../api/printable.ts';
import type { Role } from '../../api/role.ts';
import { same } from '../../api/words.ts';
import { dataOption, scriptNamed } from '../named.ts';
import { openNode } from '../node-link.ts';
import { print, printJson } from '../print.ts';
import type { CtlCommand, Given } from './command.ts';
import { COMMANDS, ON_EVERY_ROLE } from './commands.ts';

/** `zstack-ctl COMMAND ...`: the words and options of a node's control command, whatever its role. */
export async function zstackCtl(argv: string[]): Promise<number> {
  const program = scriptNamed('zstack-ctl').description('controls the services of this node');
  let code = 0;
  for (const command of COMMANDS) {
    add(program, command, async (given, words) => {
      code = await carryOut(command, given, words);
    });
  }
  await program.parseAsync(argv, { from: 'user' });
  return code;
}

function add(
  program: Command,
  { name, summary, words, options }: CtlCommand,
  run: (given: Given, words: string[]) => Promise<void>,
): void {
  const command = program
    .command(name)
    .description(summary)
    .option('--json', 'print JSON')
    .addOption(dataOption());
  for (const [flags, help] of options) command.option(flags, help);
  if (words !== undefined) command.argument('[words...]', words);
  command.action(() => run(command.opts<Given>(), command.args));
}

async function carryOut(command: CtlCommand, given: Given, words: string[]): Promise<number> {
  const node = await openNode(typeof given.data === 'string' ? given.data : undefined);
  try {
    if (!ON_EVERY_ROLE.has(command.name) && node.role !== 'management') throw lacking(command, node.role);
    const { json, lines } = await command.run(node, given, words);
    if (given.json === true) printJson(json);
    else if (lines.length > 0) print(lines.map(printable).join('\n'));
    return 0;
  } catch (thrown) {
    throw inOptions(command, thrown);
  } finally {
    node.close();
  }
}

/** What the node says of a field, said of the option that fills it. */
function inOptions({ names = {} }: CtlCommand, thrown: unknown): Fault {
  const fault = Fault.from(thrown);
  const [, field = '', rest] = /^(\w+)(?:\.\d+)?: (.+)$/s.exec(fault.words.en) ?? [];
  const option = names[field];
  if (option === undefined || fault.kind === 'internal') return fault;
  return new Fault(fault.kind, same(`${option}: ${rest}`), {
    ...(fault.next && { next: fault.next }),
    cause: thrown,
  });
}

const lacking = ({ name }: CtlCommand, role: Role): Fault =>
  new Fault(
    'conflict',
    same(`this node’s role is ${role}: ${name} is about what only a management node has`),
    {
      next: same(
        'run it on the management node; here: zstack-ctl status, start, stop, diagnose, collect_log, vm_console',
      ),
    },
  );
