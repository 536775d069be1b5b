import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { layoutOf } from '../../src/node/zstack/layout.ts';
import { bundle } from '../screens/bundle.ts';
import { CONTROLLER_FLAGS } from './programs.ts';
import { type Bench, scale } from './row.ts';

const FILES = 4;
const FILE_BYTES = 500e6 * scale;
const CHILD = 'test/bench/collect-child.ts';

/** Lines as a management service writes them; one in a hundred holds a password, one in fifty looks like it. */
function writeLog(path: string): void {
  let state = 1;
  const random = (below: number) => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
  const hex = (length: number) => Array.from({ length }, () => random(16).toString(16)).join('');
  const ids = Array.from({ length: 300 }, () => hex(32));
  const sayings = [
    () => 'handle message org.zstack.header.host.PingHostMsg for host',
    () => 'APIEvent sent, code=200 for',
    () => 'vm instance state changed from Running to Running, uuid',
    () => `http POST http://10.0.0.${random(250)}/kvm/vm/sync completed in ${random(900)} ms`,
    () => `primary storage capacity recalculated, available=${random(1e6)}`,
    () => `thread pool size ${random(100)} queue ${random(100)}`,
    () => 'skip reconnect of host',
    () => 'allocated memory for vm',
  ];
  const file = openSync(path, 'w');
  for (let bytes = 0, count = 0; bytes < FILE_BYTES; ) {
    let block = '';
    while (block.length < 1e6) {
      count += 1;
      const time = new Date(1.7e12 + count * 13).toISOString().replace('T', ' ').slice(0, 23);
      const extra = random(100) === 0 ? ` password=word-${count}` : random(50) === 0 ? ' (primary key)' : '';
      block += `${time} INFO  [KVMHost] (thread-${random(40)}) ${sayings[random(8)]?.()} ${ids[random(300)]}${extra}\n`;
    }
    bytes += writeSync(file, block);
  }
  closeSync(file);
}

/** All logs of a node whole, against packing the same files without looking into them. */
const bench: Bench = async () => {
  const data = mkdtempSync(join('/var/tmp', 'zs-bench-collect-'));
  try {
    const layout = layoutOf(data);
    mkdirSync(layout.logs, { recursive: true });
    mkdirSync(dirname(layout.properties), { recursive: true });
    writeFileSync(
      layout.properties,
      'DB.password = bench-word-1\nCloudBus.rabbitmqPassword = bench-word-2\n',
    );
    for (let at = 0; at < FILES; at++) writeLog(join(layout.logs, `management-server.log.${at}`));
    const packed = join(data, 'plain.tar.gz');
    const from = performance.now();
    execFileSync('bash', ['-c', 'set -o pipefail; tar -C "$0" -cf - . | gzip > "$1"', layout.logs, packed]);
    const plain = (performance.now() - from) / 1000;
    rmSync(packed);
    const program = await bundle(CHILD);
    const said = execFileSync(process.execPath, [...CONTROLLER_FLAGS, program.file, data], {
      encoding: 'utf8',
    });
    await program.remove();
    const { seconds, megabytes } = JSON.parse(said) as { seconds: number; megabytes: number };
    const note = `${((FILES * FILE_BYTES) / 1e9).toFixed(1)} GB, load ${loadavg()[0]?.toFixed(1)}`;
    return [
      {
        name: 'collecting logs',
        value: seconds,
        unit: 's',
        limit: 1.3 * plain,
        peers: { 'tar | gzip': plain },
        note,
      },
      { name: 'memory of collecting', value: megabytes, unit: 'MB', limit: 150 },
    ];
  } finally {
    rmSync(data, { recursive: true });
  }
};
export default bench;
