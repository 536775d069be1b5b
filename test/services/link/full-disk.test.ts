import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestNode } from './node.ts';
import { LinkWorld } from './world.ts';

// The disk that the embedded store is on has no room left, and has some again.

const ZONE = 'org.zstack.header.zone.APICreateZoneMsg';
let disk: string;
let world: LinkWorld;
let node: TestNode;
beforeAll(async () => {
  disk = mkdtempSync(join(tmpdir(), 'disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32m', 'tmpfs', disk]);
  node = new TestNode();
  const before = process.env.TMPDIR;
  process.env.TMPDIR = disk;
  try {
    world = await LinkWorld.start();
  } finally {
    process.env.TMPDIR = before;
    if (before === undefined) delete process.env.TMPDIR;
  }
});
afterAll(async () => {
  await node?.end();
  await world?.end();
  execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true });
});

/** Files until nothing more goes in; answers how they are taken away. */
function filled(): () => void {
  const files: string[] = [];
  for (let size = 2 ** 20; size >= 512; ) {
    const file = join(disk, `fill-${files.length}`);
    files.push(file);
    try {
      writeFileSync(file, Buffer.alloc(size, 1));
    } catch {
      rmSync(file, { force: true });
      size /= 2;
    }
  }
  return () => {
    for (const file of files) rmSync(file, { force: true });
  };
}

test('what cannot be written is refused with the reason, the host stays, and all of it works again with room', async () => {
  const { token, fingerprint } = await world.token();
  const { host } = await node.join(world.linkPort, token, fingerprint);
  await world.hostIs(host, 'Connected');
  await world.message(ZONE, { name: 'before' });
  const emptied = filled();
  const refused: string[] = [];
  for (let at = 0; at < 40 && refused.length < 3; at += 1)
    await world.message(ZONE, { name: `full-${at}` }).catch(({ message }) => refused.push(message));
  expect(refused).toHaveLength(3);
  for (const message of refused)
    expect(JSON.parse(message).error).toMatchObject({
      code: 'SYS.1010',
      details: 'the disk of the database is full',
    });
  emptied();
  await world.message(ZONE, { name: 'after' });
  await world.hostIs(host, 'Connected');
});
