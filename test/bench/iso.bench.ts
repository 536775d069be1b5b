import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { makeRpms } from '../../scripts/pack/rpm.mts';
import { baseDvd } from '../fakes/base-dvd.ts';
import { standIns } from '../fakes/enterprise-linux.ts';
import { openFolder } from '../services/servers.ts';
import { type Bench, scale } from './row.ts';

const BYTES = 10e9 * scale;
const EVERY_MILLISECONDS = 100;
const PACKAGES_MEGABYTES = 120;
const MEMORY_MEGABYTES = 300;
const TIMES = 1.3;

/** Kilobytes that a process and all below it hold now; pages that they share are counted once. */
function held(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean),
    );
    const below = children.map((child) => held(Number(child)));
    return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) + below.reduce((sum, one) => sum + one, 0);
  } catch {
    // It has ended meanwhile.
    return 0;
  }
}

interface Spent {
  seconds: number;
  /** At most at one time. */
  megabytes: number;
}

async function spent(argv: readonly string[]): Promise<Spent> {
  const from = performance.now();
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'ignore', 'inherit'] });
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, held(child.pid ?? 0));
  }, EVERY_MILLISECONDS);
  const [code] = await once(child, 'close');
  clearInterval(timer);
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}`);
  return { seconds: (performance.now() - from) / 1000, megabytes: most / 1000 };
}

/** The image of a DVD of ten gigabytes, against the plain tools that only copy it and make the same checksums. */
const bench: Bench = async () => {
  const folder = openFolder('bench-iso-');
  const at = (name: string) => join(folder, name);
  try {
    const rpms = await makeRpms({ out: at('rpms') });
    const packed = rpms.reduce((sum, rpm) => sum + statSync(rpm).size, 0) / 1e6;
    baseDvd(at('base.iso'), { generation: 9, packages: standIns(rpms), filler: BYTES });
    const main = resolve(import.meta.dirname, '../../iso/main.mts');
    const order = ['--base', at('base.iso'), '--out', at('ours.iso'), '--packages', at('rpms')];
    const ours = await spent([main, ...order]);
    const size = statSync(at('ours.iso')).size;
    rmSync(at('ours.iso'));
    const plain = `xorriso -indev ${at('base.iso')} -outdev ${at('plain.iso')} -boot_image any replay -volid COPY -commit
implantisomd5 --force ${at('plain.iso')}
sha256sum ${at('plain.iso')}`;
    const from = performance.now();
    execFileSync('bash', ['-e', '-c', plain], { stdio: 'pipe' });
    const seconds = (performance.now() - from) / 1000;
    return [
      {
        name: `installation image of ${(size / 1e9).toFixed(1)} GB`,
        value: ours.seconds,
        unit: 's',
        limit: TIMES * seconds,
        peers: { 'xorriso, implantisomd5, sha256sum': seconds },
        note: `load ${loadavg()[0]?.toFixed(1)}`,
      },
      { name: 'memory of making it', value: ours.megabytes, unit: 'MB', limit: MEMORY_MEGABYTES },
      { name: 'our packages in it', value: packed, unit: 'MB', limit: PACKAGES_MEGABYTES },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
};
export default bench;
