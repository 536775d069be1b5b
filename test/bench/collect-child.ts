import { readFileSync } from 'node:fs';
import { collect } from '../../src/node/logs/collect.ts';
import { layoutOf } from '../../src/node/zstack/layout.ts';

// One collection in a process of its own, so that its memory can be told. Prints seconds and megabytes.

const [, , data = ''] = process.argv;
const layout = layoutOf(data);
const service = {
  standing: async () => 'running' as const,
  start: async () => undefined,
  stop: async () => undefined,
  restart: async () => undefined,
};
async function main(): Promise<void> {
  const from = performance.now();
  await collect(
    {
      role: 'management',
      version: '0',
      layout,
      exports: layout.exports,
      mounts: data,
      service,
      address: async () => '127.0.0.1',
    },
    {
      span: 'all',
      full: true,
      threads: false,
      hours: 1,
      signal: new AbortController().signal,
      progress: () => {},
    },
  );
  const seconds = (performance.now() - from) / 1000;
  const [, peak = ''] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
  process.stdout.write(JSON.stringify({ seconds, megabytes: Number(peak) / 1024 }));
}

void main();
