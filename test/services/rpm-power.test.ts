import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { release } from '../../scripts/pack/files.mts';
import { makeRpms } from '../../scripts/pack/rpm.mts';
import { openFolder } from './servers.ts';

/** The power goes right after an upgrade by rpm, on the file system of Enterprise Linux. */
const LATER = '99.0.0';
const MACROS = 'usr/lib/rpm/macros.d/macros.zs-node';
const { version } = await release();
const folder = openFolder('rpm-power-');
let both: string[] = [];
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  const node = async (of: string) => {
    const made = await makeRpms({ out: join(folder, of), version: of, level: 1 });
    return made.find((file) => file.includes('/zs-node-')) ?? '';
  };
  both = [await node(version), await node(LATER)];
}, 500_000);

/** How many files are empty at the next boot, and which version is there. */
function afterCut(...macros: string[]): [empty: number, version: string] {
  const script = join(import.meta.dirname, 'rpm-power.sh');
  const said = execFileSync(script, [folder, ...both, ...macros], { encoding: 'utf8', stdio: 'pipe' });
  const [empty, found = ''] = said.trim().split('\n');
  return [Number(empty), found];
}

test('rpm alone leaves empty files, and none as it writes on our nodes', () => {
  // The kernel may have written it all out before the cut: somebody had it do so, or half a minute went by.
  let [empty] = afterCut();
  for (let again = 0; empty <= 10 && again < 3; again++) [empty] = afterCut();
  expect(empty).toBeGreaterThan(10);
  expect(afterCut(MACROS)).toEqual([0, LATER]);
}, 500_000);
