import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '../../../src/api/secret-text.ts';
import { ipmi } from '../../../src/system/ipmi.ts';
import { until } from '../servers.ts';

export interface SimOptions {
  port: number;
  /** Passwords by the users' names. */
  users: Readonly<Record<string, string>>;
  /** What a shell runs when the machine is switched: `$power` is 0, 1 or reset. */
  switched?: string;
  /** Where it runs when not here: how a program is started there, and where its `/` is seen from here. */
  there?: { enter: readonly string[]; root: string };
}

/** Debian's ipmi_sim: the BMC of a machine whose power is a file. */
export class IpmiSim {
  readonly port: number;
  /** As it is seen from here. */
  readonly folder: string;
  readonly #program: ChildProcess;

  constructor({ port, users, switched = ':', there = { enter: [], root: '' } }: SimOptions) {
    this.port = port;
    const own = there.root === '' ? mkdtempSync(join(tmpdir(), 'ipmi-sim-')) : '/opt/bmc';
    this.folder = join(there.root, own);
    mkdirSync(join(this.folder, 'state'), { recursive: true });
    for (const [name, text] of Object.entries(simFiles(own, port, users, switched)))
      writeFileSync(join(this.folder, name), text, { mode: 0o755 });
    const [program = '', ...words] = [...there.enter, ...simCommand(own)];
    this.#program = spawn(program, words, { stdio: 'ignore' });
  }

  /** Settles when it answers to this user. */
  async answers(user: string, password: string): Promise<void> {
    const login = { address: '127.0.0.1', port: this.port, user, password: new Secret(password) };
    await until(() => ipmi(login).power(), 30);
  }

  /** What the machine was told, a line each, as `set power 1`. */
  get told(): string[] {
    return readFileSync(join(this.folder, 'told'), 'utf8').trim().split('\n');
  }

  end(): void {
    this.#program.kill('SIGKILL');
    rmSync(this.folder, { recursive: true });
  }
}

/** What it needs in its folder, besides a folder `state`. */
export const simFiles = (
  folder: string,
  port: number,
  users: SimOptions['users'],
  switched = ':',
): Record<string, string> => ({
  control: control(folder, switched),
  'lan.conf': configuration(port, users, join(folder, 'control')),
  start: START,
});

export const simCommand = (folder: string): string[] => [
  ...['ipmi_sim', '-n', '-c', `${folder}/lan.conf`, '-f', `${folder}/start`, '-s', `${folder}/state`],
];

const control = (folder: string, switched: string): string => `#!/bin/sh
cd ${folder}
[ "$1" = get ] || echo "$@" >> told
act=$1
shift
while [ $# -gt 0 ]; do
  case $act:$1 in
    get:power) echo "power:$(cat power 2>/dev/null || echo 0)"; shift ;;
    get:*) echo "$1:none"; shift ;;
    set:power) power=$2; echo "$power" > power; ${switched}; shift 2 ;;
    set:reset) power=reset; ${switched}; shift 2 ;;
    *) shift 2 ;;
  esac
done
`;

/** What its maker wrote into the machine. */
export const PLATE = { maker: 'Maker Ltd', model: 'Rack 7', part: 'PN-1', version: '2', serial: 'SN-0042' };

const closing = (bytes: readonly number[]): number => -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff;

/** The bytes of a FRU with a product area (IPMI Platform Management FRU Information Storage Definition, 8 and 12). */
function fruBytes(): number[] {
  const fields = Object.values(PLATE).flatMap((text) => [0xc0 | text.length, ...Buffer.from(text, 'latin1')]);
  const open = [1, 0, 25, ...fields, 0, 0, 0xc1];
  const padded = [...open, ...Array(7 - (open.length % 8)).fill(0)];
  const area = padded.with(1, (padded.length + 1) / 8);
  const header = [1, 0, 0, 0, 1, 0, 0];
  return [...header, closing(header), ...area, closing(area)];
}

const AUTHS = 'none md2 md5 straight';
const START = `mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
sel_enable 0x20 1000 0x0a
mc_add_fru_data 0x20 0 ${fruBytes().length} data ${fruBytes().join(' ')}
mc_enable 0x20
`;

function configuration(port: number, users: Readonly<Record<string, string>>, control: string): string {
  const lines = Object.entries(users).map(
    ([name, password], at) => `user ${at + 2} true "${name}" "${password}" admin 10 ${AUTHS}`,
  );
  return `name "bmc"
set_working_mc 0x20
startlan 1
  addr 127.0.0.1 ${port}
  priv_limit admin
  allowed_auths_callback ${AUTHS}
  allowed_auths_user ${AUTHS}
  allowed_auths_operator ${AUTHS}
  allowed_auths_admin ${AUTHS}
  guid a123456789abcdefa123456789abcdef
endlan
chassis_control "${control}"
user 1 true "" "none" user 10 ${AUTHS}
${lines.join('\n')}
`;
}
