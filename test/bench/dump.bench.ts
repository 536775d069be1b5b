import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync, statSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { KeptFiles } from '../../src/controller/journal/kept.ts';
import { MariadbEngine } from '../../src/node/backup/mariadb.ts';
import { MariadbServer, openFolder } from '../services/servers.ts';
import { type Bench, scale } from './row.ts';

const BYTES = 1e9 * scale;
const ROW_BYTES = 500;

/** Rows of numbers, ids and JSON, until the table has a gigabyte. */
async function fill(server: MariadbServer): Promise<void> {
  using root = await server.root();
  await root.query('CREATE DATABASE zstack CHARACTER SET utf8mb4');
  await root.query(
    'CREATE TABLE zstack.event (id BIGINT PRIMARY KEY AUTO_INCREMENT, uuid CHAR(32), name VARCHAR(255), detail TEXT, at TIMESTAMP)',
  );
  const rows = Math.round(BYTES / ROW_BYTES);
  const step = 50_000;
  for (let from = 0; from < rows; from += step) {
    await root.query(
      `INSERT INTO zstack.event (uuid, name, detail, at) SELECT MD5(seq), CONCAT('vm-', seq), CONCAT('{"hostUuid":"', MD5(seq % 300), '","volumes":["', SHA2(seq, 256), '","', SHA2(seq * 7, 256), '"],"state":"Running","zone":"zone-1","cluster":"cluster-', seq % 40, '","note":"', REPEAT('the state of this vm was asked for and is as it was ', 4), '"}'), NOW() FROM zstack.seq_${from + 1}_to_${from + step}`,
      [],
    );
  }
}

/** A consistent, compressed dump, its proof not counted, against the plain tools in a pipe. */
const bench: Bench = async () => {
  const server = await MariadbServer.create();
  const folder = openFolder('bench-dump-');
  chmodSync(folder, 0o711);
  try {
    await fill(server);
    const options = `--no-defaults --socket=${server.socket} -uroot --single-transaction --quick --routines --events --triggers`;
    const plain = `set -o pipefail; mariadb-dump ${options} --databases zstack | gzip > ${join(folder, 'plain.gz')}`;
    const timed = async (work: () => unknown) => {
      const from = performance.now();
      await work();
      return (performance.now() - from) / 1000;
    };
    const plainSeconds = await timed(() => execFileSync('bash', ['-c', plain]));
    const ours = join(folder, 'ours.gz');
    const signal = new AbortController().signal;
    let sql = 0;
    const seconds = await timed(() =>
      new MariadbEngine(server.socket).dump(['zstack'], ours, signal, (bytes) => {
        sql = bytes;
      }),
    );
    const load = `set -o pipefail; zcat ${ours} | mariadb --no-defaults --socket=${server.socket} -uroot`;
    const plainLoad = await timed(() => execFileSync('bash', ['-c', load]));
    const engine = new MariadbEngine(server.socket);
    const id = '0123456789ab';
    const beside = { id, kept: new KeptFiles(folder, id) };
    const restored = await timed(async () => {
      await engine.stage(beside, ours, signal, () => {});
      await engine.swap(beside);
    });
    const back = await timed(() => engine.swapBack(beside));
    const speed = (taken: number) => sql / 1e6 / taken;
    const sizes = [ours, join(folder, 'plain.gz')].map((path) => (statSync(path).size / 1e6).toFixed(0));
    return [
      {
        name: `dump of ${(sql / 1e9).toFixed(2)} GB of SQL`,
        value: speed(seconds),
        unit: 'MB/s',
        limit: 0.8 * speed(plainSeconds),
        least: true,
        peers: { 'mariadb-dump | gzip': speed(plainSeconds) },
        note: `${sizes[0]} MB against ${sizes[1]} MB, load ${loadavg()[0]?.toFixed(1)}`,
      },
      {
        name: 'restore of it, looked through, beside the live one, swapped',
        value: speed(restored),
        unit: 'MB/s',
        limit: 0.7 * speed(plainLoad),
        least: true,
        peers: { 'zcat | mariadb, over the live one': speed(plainLoad) },
      },
      { name: 'the way back', value: back, unit: 's', limit: 5 },
    ];
  } finally {
    await server.remove();
    rmSync(folder, { recursive: true });
  }
};
export default bench;
