import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { ended, freePort, openFolder, until } from '../services/servers.ts';
import { bundle } from './programs.ts';
import { type Bench, median } from './row.ts';

const TOKEN = 'abcdefghijklmnopqrstuv';
const FILE_BYTES = 2e9;
const ROUNDS = 3;

const listening = (port: number): Promise<true | undefined> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(undefined)).on('connect', () => socket.destroy());
  });

/** Megabytes a second of one download. */
function download(url: string): number {
  const said = execFileSync(
    'curl',
    ['-sf', '-o', '/dev/null', '-w', '%{speed_download} %{size_download}', url],
    {
      encoding: 'utf8',
    },
  );
  const [speed = 0, size = 0] = said.split(' ').map(Number);
  if (size !== FILE_BYTES) throw new Error(`${url} gave ${size} bytes`);
  return speed / 1e6;
}

/** A file of the size of a large dump over one connection, by turns with nginx as it comes (sendfile). */
const bench: Bench = async () => {
  const root = openFolder('bench-export-');
  const share = join(root, TOKEN);
  mkdirSync(share);
  const file = join(share, 'all.tar.gz');
  writeFileSync(file, Buffer.alloc(64e6, 'some bytes that are there'));
  execFileSync('sh', [
    '-c',
    'for i in $(seq 30); do head -c 64000000 "$0"; done >> "$0.more"; cat "$0.more" >> "$0"; rm "$0.more"',
    file,
  ]);
  truncateSync(file, FILE_BYTES);
  writeFileSync(
    join(root, `${TOKEN}.json`),
    JSON.stringify({ title: 'bench', expires: Date.now() + 3_600_000 }),
  );
  const [ours, theirs] = [await freePort(), await freePort()];
  const configuration = join(root, 'nginx.conf');
  writeFileSync(
    configuration,
    `daemon off; worker_processes 1; pid ${root}/pid; error_log /dev/null; events {}
http { access_log off; sendfile on; tcp_nopush on; server { listen 127.0.0.1:${theirs}; root ${root}; } }`,
  );
  const programs = [
    spawn(process.execPath, [bundle('export'), '--root', root, '--port', String(ours)], { stdio: 'ignore' }),
    spawn('nginx', ['-c', configuration], { stdio: 'ignore' }),
  ];
  try {
    for (const port of [ours, theirs]) await until(() => listening(port));
    const speeds: Record<'ours' | 'nginx', number[]> = { ours: [], nginx: [] };
    for (let round = 0; round < ROUNDS; round++) {
      speeds.nginx.push(download(`http://127.0.0.1:${theirs}/${TOKEN}/all.tar.gz`));
      speeds.ours.push(download(`http://127.0.0.1:${ours}/${TOKEN}/all.tar.gz`));
    }
    const nginx = median(speeds.nginx);
    return [
      {
        name: 'export of 2 GB to one client',
        value: median(speeds.ours),
        unit: 'MB/s',
        limit: 0.7 * nginx,
        least: true,
        peers: { nginx },
        note: `load ${loadavg()[0]?.toFixed(1)}`,
      },
    ];
  } finally {
    for (const program of programs) program.kill('SIGTERM');
    await Promise.all(programs.map(ended));
    rmSync(root, { recursive: true });
  }
};
export default bench;
