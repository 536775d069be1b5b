import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tinyGuest } from '../../../scripts/vm/tiny-guest.mts';
import { Kvm, type KvmParts, kvmParts } from '../../../src/node/vm/kvm.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zs-kvm-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const usable = { state: 'known', value: 'usable' };

/** A device that opens, and the kernel of the tests' guest. */
async function parts(change: Partial<KvmParts> = {}): Promise<KvmParts> {
  const { kernel } = await tinyGuest();
  return { ...kvmParts(folder), device: '/dev/null', kernels: ['/nonexistent', kernel], ...change };
}

// Emulated: what counts is that the same guest that proves KVM comes so far.
test('a kernel that runs as a guest is the proof, which is kept until the next boot', async () => {
  const emulated = await parts({ accelerator: 'tcg', limit: 110_000 });
  const kvm = new Kvm(emulated);
  expect(await kvm.peek()).toMatchObject({ state: 'unknown', why: { en: 'not tried yet' } });
  expect(await kvm.ask()).toEqual(usable);
  const later = new Kvm({ ...emulated, qemu: [] });
  expect(await later.peek()).toEqual(usable);
  expect(await later.ask()).toEqual(usable);
  writeFileSync(emulated.record, JSON.stringify({ boot: 'another', outcome: usable }));
  expect(await later.peek()).toMatchObject({ state: 'unknown' });
});

test('a device that opens proves nothing', async () => {
  const hangs = new Kvm(await parts({ accelerator: 'tcg', limit: 300 }));
  expect(await hangs.ask()).toMatchObject({ why: { en: '/dev/kvm opens, but a guest hangs under it' } });
  const fails = new Kvm(await parts({ accelerator: 'none-such', record: join(folder, 'other') }));
  expect(await fails.ask()).toMatchObject({ why: { en: expect.stringContaining('no guest runs under it') } });
});

test('what is missing for it is named, and is looked for again', async () => {
  const nothing = new Kvm(await parts({ device: join(folder, 'kvm') }));
  expect(await nothing.ask()).toMatchObject({ why: { en: expect.stringContaining('/dev/kvm is missing') } });
  writeFileSync(join(folder, 'kvm'), '');
  expect(await nothing.peek()).toMatchObject({ why: { en: 'not tried yet' } });
  expect(existsSync(join(folder, 'kvm.json'))).toBe(false);
  const bare = await parts({ qemu: [] });
  expect(await new Kvm(bare).ask()).toMatchObject({ why: { en: 'QEMU is not installed' } });
  const kernelless = await parts({ kernels: [], record: join(folder, 'third') });
  expect(await new Kvm(kernelless).ask()).toMatchObject({ why: { en: expect.stringContaining('/boot') } });
});
