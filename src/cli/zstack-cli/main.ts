import { CommanderError, Option } from 'commander';
import { Fault } from '../../api/fault.ts';
import { PORTS } from '../../api/ports.ts';
import { scriptNamed } from '../named.ts';
import { printJson, tell } from '../print.ts';
import { call } from './call.ts';
import { loggedIn } from './log-in.ts';
import { VARIABLE } from './password.ts';
import { Shell } from './shell/shell.ts';
import { Wrong } from './wrong.ts';

/** Exit codes that scripts in the field know: nothing was sent; the service refused, or did not answer. */
const WRONG = 1;
const FAILED = 3;

const HELP = `
API is a name such as QueryZone or CreateZone, and what follows its parameters:
  zstack-cli LogInByAccount accountName=admin
  zstack-cli QueryZone state=Enabled name~=test fields=uuid,name limit=10
  zstack-cli CreateZone name=zone1
Without an API it reads calls from the terminal, with completion by Tab, history and paging.

Of a query: = != > >= < <=  ?= (one of)  !?= (none of)  ~= (like, % any text)  !~=  =null  !=null, joined by and.
Passwords are asked for, or read from ${VARIABLE} or --password-fd.
Standard output is the answer in JSON alone. Exit code 0; 1: nothing was sent; 3: refused, failed or no answer.`;

interface Given {
  host: string;
  port: string;
  passwordFd?: string;
  logIn?: string;
}

/** Options of other clients of this name that this one does not have, and why. */
const WITHOUT: readonly [flags: string, why: string][] = [
  ['-d, --deploy <FILE>', 'deploying a cloud from a file is not in this version'],
  ['-t, --template <FILE>', 'deploying a cloud from a file is not in this version'],
  ['-D, --dump <FILE>', 'writing a cloud into a file is not in this version'],
  ['-P, --password <PASSWORD>', 'a password on a command line can be seen by others: --password-fd takes it'],
  ['-s, --no-secure', 'passwords are never kept in the history'],
];

async function main(argv: string[]): Promise<number> {
  const command = scriptNamed('zstack-cli')
    .description('asks the management service')
    .argument('[API]')
    .argument('[NAME=VALUE...]')
    .option('-H, --host <HOST>', 'address of the management node', 'localhost')
    .option('-p, --port <PORT>', 'port of the API', String(PORTS.api))
    .option('--password-fd <N>', 'read the password from this descriptor')
    .option(
      '--log-in <ACCOUNT>',
      'log in as this account, read calls from the terminal, and log out at the end',
    )
    .addHelpText('after', HELP);
  for (const [flags, why] of WITHOUT) command.addOption(refused(flags, why));
  command.parse(argv, { from: 'user' });
  const [name = '', ...words] = command.args;
  const { host, port, passwordFd, logIn } = command.opts<Given>();
  const place = { host, port: portOf(port) };
  if (logIn !== undefined) return fromTerminal(() => loggedIn(place, logIn, passwordFd, said));
  if (name === '') return fromTerminal(() => new Shell(place, said).run());
  const told = await call(place, name, words, passwordFd);
  printJson(told, 4);
  if (told.error !== undefined) tell(`${told.error.code}: ${told.error.details}`);
  return told.success ? 0 : FAILED;
}

async function fromTerminal(work: () => Promise<unknown>): Promise<number> {
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new Wrong('which API? Without one, a terminal is needed (--help tells)');
  return (await work()) === false ? FAILED : 0;
}

/** An option that says why it is not taken. */
const refused = (flags: string, why: string): Option =>
  new Option(flags, why).hideHelp().argParser(() => {
    throw new Wrong(`${flags.split(/[ ,]/)[0]}: ${why}`);
  });

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535) throw new Wrong(`--port: ${text} is no port`);
  return port;
}

function said(thrown: unknown): number {
  // commander has said what is wrong; help is no error.
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : WRONG;
  if (thrown instanceof Wrong || thrown instanceof Fault) {
    tell(`zstack-cli: ${thrown.message}`);
    return WRONG;
  }
  tell(`zstack-cli: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  return FAILED;
}

main(process.argv.slice(2))
  .catch(said)
  .then((code) => {
    process.exitCode = code;
  });
