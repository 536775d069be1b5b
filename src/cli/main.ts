import { type Command, CommanderError } from 'commander';
import { exitCode, Fault } from '../api/fault.ts';
import { say } from '../api/words.ts';
import type { readNetwork } from '../node/network/change/schema.ts';
import { checkedChange, type Flags, makeChange, named } from './change.ts';
import { dataOption, scriptNamed } from './named.ts';
import { openNode } from './node-link.ts';
import { print, printJson, tell } from './print.ts';
import { PROGRAMS, type Program, type Verb } from './programs.ts';
import { checkedReset, makeReset, mustBeAnswerable, RESET_SUMMARY, type ResetFlags } from './reset.ts';
import { networkTable } from './tables.ts';
import { zstackCtl } from './zstack-ctl/main.ts';

const OK = 0;
const WRONG = 2;

interface Given extends Flags {
  data?: string;
  [flag: string]: unknown;
}

/** `cli.cjs NAME ARGUMENT ...`: NAME is the script that was called. */
async function main([name = '', ...argv]: string[]): Promise<number> {
  try {
    return await commandOf(name)(argv);
  } catch (thrown) {
    // commander has said what is wrong; help is no error.
    if (thrown instanceof CommanderError) return thrown.exitCode === OK ? OK : WRONG;
    const fault = Fault.from(thrown);
    tell(`${name}: ${fault.words.en}`);
    if (fault.next !== undefined) tell(fault.next.en);
    return exitCode(fault.kind);
  }
}

function commandOf(name: string): (argv: string[]) => Promise<number> {
  if (name === 'zs-show-network') return showNetwork;
  if (name === 'zstack-ctl') return zstackCtl;
  if (name === 'zs-network-reset') return resetNetwork;
  const program = PROGRAMS.find((each) => each.name === name);
  if (program === undefined) throw new Fault('usage', say('no such script', '没有这个脚本'));
  return (argv) => changeNetwork(program, argv);
}

const base = (name: string, summary: string): Command =>
  scriptNamed(name).description(summary).option('--json', 'print JSON').addOption(dataOption());

async function showNetwork(argv: string[]): Promise<number> {
  const command = base('zs-show-network', 'shows every link with its addresses, and the bonds');
  const given = command.parse(argv, { from: 'user' }).opts<Given>();
  const node = await openNode(given.data);
  try {
    const state = await node.call<typeof readNetwork>('network.read', {});
    const why = state.withoutManager;
    if (why !== undefined) tell(`! ${why.en}: this is what the kernel has, and nothing can be changed`);
    if (given.json === true) printJson(state);
    else print(networkTable(state));
    return OK;
  } finally {
    node.close();
  }
}

/** `NIC dhcp` or `NIC ADDRESS NETMASK [GATEWAY]`. */
async function resetNetwork(argv: string[]): Promise<number> {
  const command = base('zs-network-reset', RESET_SUMMARY)
    .usage('NIC dhcp [OPTION ...] | zs-network-reset NIC ADDRESS NETMASK [GATEWAY] [OPTION ...]')
    .argument('[words...]', 'NIC is a NIC, or a bond that has ports')
    .option('--vlan <ID>', 'the address is on this VLAN (tagged) of the NIC')
    .option('--dns <SERVERS>', 'DNS servers, with commas between')
    .option('--dry-run', 'print the plan and change nothing')
    .option('--yes', 'do not ask')
    .parse(argv, { from: 'user' });
  const given = command.opts<Given & ResetFlags>();
  const input = checkedReset(command.args, given);
  if (given.dryRun !== true) mustBeAnswerable(given);
  const node = await openNode(given.data);
  try {
    return (await makeReset(node, input, given)) ? OK : WRONG;
  } finally {
    node.close();
  }
}

async function changeNetwork(program: Program, argv: string[]): Promise<number> {
  const command = commandFor(program).parse(argv, { from: 'user' });
  const given = command.opts<Given>();
  const verb = verbOf(program, given);
  const change = checkedChange(verb, command.args);
  const node = await openNode(given.data);
  try {
    await makeChange(node, program, change, given);
    return OK;
  } catch (thrown) {
    throw named(verb, thrown);
  } finally {
    node.close();
  }
}

function commandFor(program: Program): Command {
  const command = base(program.name, program.summary)
    .usage(program.verbs.map((verb) => `${verb.flag} ${verb.words}`).join(` | ${program.name} `))
    .argument('[words...]')
    .option('--dry-run', 'print the plan and change nothing')
    .option('--yes', 'do not ask: what the evidence proves is kept, the rest is taken back')
    .option('--why <TEXT>', 'reason, for the history');
  for (const verb of program.verbs) command.option(verb.flag, `${verb.words}: ${verb.help}`);
  return command;
}

function verbOf(program: Program, given: Given): Verb {
  const chosen = program.verbs.filter((verb) => given[verb.flag.slice(1)] === true);
  const [verb] = chosen;
  if (verb !== undefined && chosen.length === 1) return verb;
  const flags = program.verbs.map((each) => each.flag).join(', ');
  throw new Fault('usage', say(`one of ${flags} is needed`, `需要 ${flags} 之一`));
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
