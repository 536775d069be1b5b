import { expect, test } from 'vitest';
import type { OwnLines } from '../../src/node/cluster/own-lines.ts';
import { linkPackages } from '../../src/node/cluster/packages.ts';

const file = { file: 'zs-node-9.9.0-1.x86_64.rpm', size: 10, sha256: 'a'.repeat(64) };
const offer = { version: '9.9.0', packages: [file], missing: [] };
const answered = (answer: unknown) =>
  linkPackages({ ask: async () => answer } as unknown as OwnLines).offer({
    format: 'rpm',
    names: ['zs-node'],
  });

test('an offer is taken as it is', async () => {
  expect(await answered(offer)).toEqual(offer);
});

test.each([
  ['version', { ...offer, version: '../../etc' }],
  ['version', { ...offer, version: '9' }],
  ['packages.0.file', { ...offer, packages: [{ ...file, file: '../../../usr/bin/zs-node.rpm' }] }],
  ['packages.0.file', { ...offer, packages: [{ ...file, file: 'bash-5.2.rpm' }] }],
  ['packages.0.size', { ...offer, packages: [{ ...file, size: -1 }] }],
  ['packages.0.sha256', { ...offer, packages: [{ ...file, sha256: '' }] }],
  ['all of it', null],
])('what would lead elsewhere is refused: %s', async (field, answer) => {
  await expect(answered(answer)).rejects.toMatchObject({
    kind: 'failed',
    words: { en: `the management node offers packages in a strange way: ${field}` },
  });
});
