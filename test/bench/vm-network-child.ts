import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from '../../src/api/client.ts';
import { run } from '../../src/system/exec.ts';
import { mustMake, readState } from '../services/network-make.ts';
import { evidenceTime } from './evidence-time.ts';
import { inTurn, timed } from './in-turn.ts';

// Runs in the booted machine, as root. `bond ADDRESS PORT PORT` and `links` print [ours, theirs] in milliseconds.

const ROUNDS = 5;
const PATIENCE = 120_000;
const SETTLE = 3_000;

async function mustRun(...argv: string[]): Promise<void> {
  const { code, stderr } = await run(argv, { timeout: PATIENCE });
  if (code !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
}

const nmcli = (line: string): Promise<void> => mustRun('nmcli', ...line.split(' '));

/** NetworkManager is still at it when the link has gone: what comes at once is interrupted by that. */
async function settled(link: string): Promise<void> {
  while (existsSync(`/sys/class/net/${link}`)) await pause(100);
  await pause(SETTLE);
}

/** An 802.3ad bond with its address: made and proven by us, made without any check by NetworkManager's client. */
async function bond(address: string, ports: string[]): Promise<[number, number]> {
  const connection = await opened();
  const name = 'bond0';
  const found = await inTurn(
    ROUNDS,
    async () => {
      const time = await evidenceTime(connection, {
        kind: 'createBond',
        name,
        mode: '4',
        members: ports,
        address,
        netmask: '24',
      });
      await mustMake(connection, { kind: 'deleteBond', name });
      await settled(name);
      return time;
    },
    async () => {
      const time = await timed(async () => {
        await nmcli(
          `-t c add type bond con-name ${name} ifname ${name} bond.options mode=802.3ad,miimon=100 ipv4.method manual ipv4.addresses ${address}/24 ipv6.method disabled autoconnect no`,
        );
        for (const port of ports)
          await nmcli(
            `-t c add type ethernet con-name ${name}-${port} ifname ${port} master ${name} autoconnect no`,
          );
        for (const port of ports) await nmcli(`-w 60 c up ${name}-${port}`);
      });
      for (const port of ports) await nmcli(`c delete ${name}-${port}`);
      await nmcli(`c delete ${name}`);
      await settled(name);
      return time;
    },
  );
  connection.close();
  return found;
}

/** Reading all links against `ip` twice. */
async function links(): Promise<[number, number]> {
  const connection = await opened();
  await readState(connection);
  const found = await inTurn(
    ROUNDS,
    () => timed(() => readState(connection)),
    () =>
      timed(async () => {
        await mustRun('ip', '-j', '-d', 'link');
        await mustRun('ip', '-j', 'addr');
      }),
  );
  connection.close();
  return found;
}

const opened = () => connect('/run/zs-node/controller.sock', { program: 'script', line: '-', version: '0' });

const [, , what, address = '', ...ports] = process.argv;
(what === 'bond' ? bond(address, ports) : links()).then(
  (found) => console.log(JSON.stringify(found)),
  (thrown) => {
    console.error(thrown);
    process.exit(1);
  },
);
