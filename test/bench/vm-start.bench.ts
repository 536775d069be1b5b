import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/system/exec.ts';
import { CloudWorld } from '../services/guests/cloud-world.ts';
import { inTurn } from './in-turn.ts';
import { type Bench, type Row, scale } from './row.ts';

const ROUNDS = Math.ceil(11 * scale);
const LIMIT = 80;
/**
 * What we add to the start of a VM whose image, bridge and DHCP are there: from the first byte of the API's answer to
 * libvirt's word that it runs, less the same of a virsh that stands ready. Files in memory are not waited for: what is
 * left there is our own time, without that of the disk's fsyncs.
 */
const bench: Bench = async () => {
  const disk = await measured('on this disk');
  const memory = await mkdtemp(join(tmpdir(), 'memory-'));
  await run(['mount', '-t', 'tmpfs', 'tmpfs', memory], { timeout: 10_000 });
  const before = process.env.TMPDIR;
  process.env.TMPDIR = memory;
  try {
    return [disk, { ...(await measured('without fsyncs')), limit: LIMIT }];
  } finally {
    process.env.TMPDIR = before;
    if (before === undefined) delete process.env.TMPDIR;
    await run(['umount', '--lazy', memory], { timeout: 10_000 });
    await rm(memory, { recursive: true });
  }
};
export default bench;

async function measured(name: string): Promise<Row> {
  const world = await CloudWorld.start();
  try {
    const [ours, virsh] = await starts(world);
    const row: Row = { name: `our share of a VM's start, ${name}`, value: ours - virsh, unit: 'ms' };
    const note = `load ${loadavg()[0]?.toFixed(1)}`;
    return { ...row, peers: { 'virsh start alone': virsh, 'ours with it': ours }, note };
  } finally {
    await world.end();
  }
}

async function starts(world: CloudWorld): Promise<[ours: number, virsh: number]> {
  const uuid = await made(world);
  const login = await world.cloud.cli('LogInByAccount', 'accountName=admin');
  const session = String(login.told.inventory.uuid);
  const events = spawn('virsh', [...connection(world), 'event', '--all', '--loop'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const virsh = spawn('virsh', ['-q', ...connection(world)], { stdio: ['pipe', 'ignore', 'inherit'] });
  const stopped = async () => {
    await world.libvirt.virsh('destroy', uuid);
    await world.cloud.until(['QueryVmInstance', `uuid=${uuid}`], ([vm]) => vm?.state === 'Stopped');
  };
  const runs = (): Promise<number> => moment(events, /Started/);
  try {
    return await inTurn(
      ROUNDS,
      async () => {
        const running = runs();
        const from = await answered(world, session, uuid);
        const took = (await running) - from;
        await world.cloud.until(['QueryVmInstance', `uuid=${uuid}`], ([vm]) => vm?.state === 'Running');
        await stopped();
        return took;
      },
      async () => {
        const running = runs();
        const from = performance.now();
        virsh.stdin?.write(`start ${uuid}\n`);
        const took = (await running) - from;
        await stopped();
        return took;
      },
    );
  } finally {
    events.kill();
    virsh.kill();
  }
}

/** A VM that stands still. @returns its uuid */
async function made(world: CloudWorld): Promise<string> {
  const { cloud } = world;
  const has = await world.furnish();
  const of = [`instanceOfferingUuid=${has.offering}`, `imageUuid=${has.image}`, `l3NetworkUuids=${has.l3}`];
  const vm = await cloud.made('CreateVmInstance', 'name=first', ...of);
  await cloud.made('StopVmInstance', `uuid=${vm.uuid}`, 'type=cold');
  return vm.uuid;
}

const connection = ({ libvirt }: CloudWorld): string[] => [
  '-c',
  `qemu+unix:///system?socket=${libvirt.socket.replace(/-ro$/, '')}`,
];

/** Asks for the VM's start over REST. @returns when the answer's first byte came */
async function answered({ network }: CloudWorld, session: string, uuid: string): Promise<number> {
  const [command = '', ...words] = network.enter;
  const url = `http://127.0.0.1:8080/zstack/v1/vm-instances/${uuid}/actions`;
  const headers = ['-H', `Authorization: OAuth ${session}`, '-H', 'Content-Type: application/json'];
  const argv = ['curl', '-sNi', '-X', 'PUT', ...headers, '-d', '{"startVmInstance":{}}', url];
  const curl = spawn(command, [...words, ...argv], { stdio: ['ignore', 'pipe', 'inherit'] });
  return moment(curl, /^HTTP\/1.1 202/);
}

/** When a program says something. */
async function moment(program: ChildProcess, what: RegExp): Promise<number> {
  for (;;) {
    const [text] = await once(program.stdout as NonNullable<ChildProcess['stdout']>, 'data');
    if (what.test(String(text))) return performance.now();
  }
}
