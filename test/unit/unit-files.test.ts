import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROTECTIONS } from '../../src/node/network/change/guard-timer.ts';

const FOLDER = join(import.meta.dirname, '../../scripts/install/systemd');

/** Protections of the controller's unit that any program of root's can have. */
const COMMON =
  /^(NoNewPrivileges|LockPersonality|RestrictRealtime|SystemCallArchitectures|LimitCORE|OOMScoreAdjust|UMask)=/;

const linesOf = (unit: string): string[] => readFileSync(join(FOLDER, unit), 'utf8').split('\n');
const protectionsOf = (lines: readonly string[]): string[] =>
  lines.filter((line) => COMMON.test(line)).sort();

test('whatever root runs by itself is protected as the controller is', () => {
  const wanted = protectionsOf(linesOf('zs-controller.service'));
  expect(wanted).toHaveLength(7);
  for (const unit of ['zs-guard.service', 'zs-controller-recover.service', 'zs-first-boot.service'])
    expect(protectionsOf(linesOf(unit)), unit).toEqual(wanted);
  expect(protectionsOf(PROTECTIONS)).toEqual(wanted);
});
