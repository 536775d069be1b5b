import { PROGRAMS, type Program, type Verb } from '../../../src/cli/programs.ts';
import { RESET_SUMMARY } from '../../../src/cli/reset.ts';
import { COMMANDS } from '../../../src/cli/zstack-ctl/commands.ts';
import { EXAMPLES } from './examples.mts';

/** The scripts' manual pages and the shell's completion, from the same table that the scripts run by. */

const COMMON = [
  ['--dry-run', 'Print the plan and change nothing.'],
  ['--yes', 'Do not ask. What the evidence proves is kept, everything else is taken back.'],
  ['--why TEXT', 'Reason, kept in the history.'],
  ['--json', 'Print JSON.'],
  ['--help', 'Show the arguments.'],
  ['--version', 'Show the version.'],
] as const;

/** A script whose arguments are not picked by an option says them itself. */
type Manual = Program & { usages?: string[]; options?: readonly (readonly [string, string])[] };

const SHOW: Manual = {
  name: 'zs-show-network',
  summary: 'shows every link with its addresses, and the bonds',
  verbs: [],
};

const RESET: Manual = {
  name: 'zs-network-reset',
  summary: RESET_SUMMARY,
  usages: ['NIC dhcp [OPTION ...]', 'NIC ADDRESS NETMASK [GATEWAY] [OPTION ...]'],
  options: [
    ['--vlan ID', 'The address is on this VLAN (tagged) of the NIC. NIC may also be a bond that has ports.'],
    ['--dns SERVERS', 'DNS servers, with commas between.'],
    ['--dry-run', 'Print what would be set aside and what would be set, and change nothing.'],
    ['--yes', 'Do not ask.'],
  ],
  verbs: [],
};

const CONTROL: Manual = {
  name: 'zstack-ctl',
  summary: 'controls the services of this node',
  usages: ['COMMAND [OPTION ...]', 'COMMAND --help'],
  verbs: [],
};

/** Each command of zstack-ctl with its words and options. */
const commands = (): string[] => [
  '.SH COMMANDS',
  'The words are the same on every node; what a role lacks is said.',
  ...COMMANDS.flatMap(({ name, words = '', summary, options }) => [
    ...item(`${name} ${words}`.trim(), sentence(summary)),
    ...(options.length === 0 ? [] : ['.RS']),
    ...options.flatMap(([flags, help]) => item(flags, sentence(help))),
    ...(options.length === 0 ? [] : ['.RE']),
  ]),
];

function examples(name: string): string[] {
  const calls = EXAMPLES[name] ?? [];
  return calls.length === 0
    ? []
    : ['.SH EXAMPLES', ...calls.flatMap(([call, does]) => item(call, sentence(does)))];
}

/** All scripts. */
export const SCRIPTS: readonly Manual[] = [SHOW, ...PROGRAMS, RESET, CONTROL];

/** Manual page in section 8, in troff. */
export function manPage(program: Manual): string {
  const options = [...(program.options ?? []), ...(program.verbs.length === 0 ? COMMON.slice(-3) : COMMON)];
  return [
    `.TH ${program.name.toUpperCase()} 8`,
    '.SH NAME',
    `${program.name} \\- ${program.summary}`,
    '.SH SYNOPSIS',
    ...synopsis(program),
    ...(program === CONTROL ? commands() : []),
    '.SH OPTIONS',
    ...program.verbs.flatMap((verb) => item(`${verb.flag} ${verb.words}`, `${sentence(verb.help)}`)),
    ...options.flatMap(([name, text]) => item(name, text)),
    ...(program.verbs.length === 0 ? [] : SAFETY),
    '.SH EXIT STATUS',
    '0 when it is done, 2 when the arguments do not fit or the state does not allow it (nothing is changed then), 1 for other failures.',
    ...examples(program.name),
    '.SH SEE ALSO',
    SCRIPTS.filter((other) => other !== program)
      .map((other) => `.BR ${other.name} (8)`)
      .join(',\n'),
    '',
  ].join('\n');
}

const SAFETY = [
  '.SH SAFETY',
  'A change is made in memory first. It is written to disk only when the evidence holds (carrier, address, gateway, LACP partner) and, at a terminal, when it was confirmed in time. Otherwise it is taken back by itself, also when the program is killed, NetworkManager ends or the power fails.',
];

const synopsis = (program: Manual): string[] =>
  program.verbs.length === 0
    ? (program.usages ?? ['']).flatMap((words, at) => [
        ...(at === 0 ? [] : ['.br']),
        `.B ${program.name} \\fI${escaped(words)}\\fR`,
      ])
    : program.verbs.flatMap((verb, at) => [...(at === 0 ? [] : ['.br']), usage(program, verb)]);

const usage = (program: Program, verb: Verb): string =>
  `.B ${program.name} ${escaped(verb.flag)} \\fI${escaped(verb.words)}\\fR`;

const item = (name: string, text: string): string[] => ['.TP', `.B ${escaped(name)}`, text];
const escaped = (text: string): string => text.replaceAll('-', '\\-').replaceAll('"', '\\(dq');
const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** Completion for bash: options first, then names of links. */
export function completion(): string {
  const cases = PROGRAMS.map((program) => {
    const flags = [...program.verbs.map((verb) => verb.flag), ...COMMON.map(([name]) => name.split(' ')[0])];
    return `    ${program.name}) options="${flags.join(' ')}" ;;`;
  });
  cases.push(`    zstack-ctl) names="${COMMANDS.map(({ name }) => name).join(' ')}" ;;`);
  return `# Completion of the node's scripts for bash.
_zs_network() {
  local word=\${COMP_WORDS[COMP_CWORD]} options="--json --help --version" names
  names=$(command ls /sys/class/net)
  case \${COMP_WORDS[0]##*/} in
${cases.join('\n')}
  esac
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -W "$names" -- "$word")
  fi
}
complete -F _zs_network ${SCRIPTS.map((program) => program.name).join(' ')}
`;
}
