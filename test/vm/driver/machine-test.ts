import { test } from 'vitest';
import { exclusively, timeBuilding } from '../../../scripts/vm/cache.mts';
import type { Image } from '../../../scripts/vm/images.mts';
import { artifactDir, keepEvidence } from './evidence.ts';
import { Machine, type MachineOptions, type Snapshot } from './machine.ts';
import { Cable, Switch } from './switch.ts';
import { TimedOut } from './wait.ts';

/** What a test makes its machines with; all of it ends with the test. */
export interface Lab {
  boot(image: Image, options?: MachineOptions): Promise<Machine>;
  clone(snapshot: Snapshot, options?: MachineOptions): Promise<Machine>;
  cable(): Cable;
  /** A switch of the test's own, with ports made by `port`. */
  network(): Switch;
}

const MINUTE = 60_000;

/** Only the wait for other runs on this computer is as long: two machines take both processors. */
const TURN = 120 * MINUTE;

/**
 * A test on machines of its own. When it fails, or is not done within `minutes`, their screens, serial logs and
 * journals are kept and the error names the folder. Making what is kept for later tests takes nothing of its time.
 */
export function machineTest(name: string, body: (lab: Lab) => Promise<void>, minutes = 30): void {
  const limit = minutes * MINUTE;
  const run = () => inLab(name, (lab) => inTime(limit, name, body(lab)));
  test(name, { timeout: limit + TURN }, () => exclusively('machines', run));
}

async function inTime(limitMs: number, name: string, work: Promise<void>): Promise<void> {
  const own = () => performance.now() - timeBuilding();
  const end = own() + limitMs;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const look = () => own() > end && reject(new TimedOut(`not within ${limitMs / MINUTE} min: ${name}`));
    timer = setInterval(look, 1_000);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearInterval(timer);
  }
}

/** Runs `body` with a lab that is cleared away afterwards, whatever happens. */
export async function inLab(name: string, body: (lab: Lab) => Promise<void>): Promise<void> {
  const machines: Machine[] = [];
  const wires: (Cable | Switch)[] = [];
  try {
    await body(labOf(machines, wires));
  } catch (error) {
    const dir = await artifactDir(name);
    for (const machine of machines) await keepEvidence(machine, dir);
    throw new Error(`${(error as Error).message}\nevidence: ${dir}`, { cause: error });
  } finally {
    for (const wire of wires) await wire.close();
    await Promise.all(machines.map((machine) => machine.end()));
  }
}

function labOf(machines: Machine[], wires: (Cable | Switch)[]): Lab {
  const started = async (starting: Promise<Machine>) => {
    const machine = await starting;
    machines.push(machine);
    return machine;
  };
  const wired = <T extends Cable | Switch>(wire: T): T => {
    wires.push(wire);
    return wire;
  };
  return {
    boot: (image, options) => started(Machine.boot(image, options)),
    clone: (snapshot, options) => started(Machine.clone(snapshot, options)),
    cable: () => wired(new Cable()),
    network: () => wired(new Switch()),
  };
}
