import { $, fs, path } from 'zx';
import { ROLES, type Role } from '../src/api/role.ts';
import { environmentOf } from '../src/node/bare-metal/plan/kickstart.ts';
import type { Base } from './base.mts';
import { comps } from './comps.mts';
import { Dnf } from './dnf.mts';
import { Refusal } from './refusal.mts';
import { makeRepository } from './repodata.mts';

/** What the image installs, and what for. */
export interface Software {
  roles: Role[];
  /** Why a mode is left out. */
  left: { role: Role; missing: string[] }[];
  /** Packages of given repositories that a mode needs: files of this machine. */
  brought: string[];
}

/** Only a kernel with OCFS2 makes a storage node, and most bases have none. */
const MAY_BE_LEFT: readonly Role[] = ['storage'];

/**
 * Finds out which modes can be installed, from nothing but the base's packages (its repodata lie in `work`), ours (`rpms`)
 * and what of the `given` folders they need. Refuses with everything that is missing, a line each.
 */
export async function software(
  base: Base,
  rpms: readonly string[],
  given: readonly string[],
  work: string,
): Promise<Software> {
  const ours = path.join(work, 'ours');
  await fs.ensureDir(ours);
  for (const rpm of rpms) await fs.copy(rpm, path.join(ours, path.basename(rpm)));
  await makeRepository(ours, comps(ROLES));
  const added = new Map(
    await Promise.all(
      given.map(
        async (folder, index) =>
          [`given${index}`, await metadata(folder, path.join(work, `given${index}`))] as const,
      ),
    ),
  );
  const bases = base.repositories.map((name) => [name.toLowerCase(), path.join(work, name)] as const);
  const dnf = new Dnf(base.generation, new Map([...bases, ['ours', ours], ...added]));
  try {
    return await chosen(dnf, given);
  } finally {
    await dnf.end();
  }
}

async function chosen(dnf: Dnf, given: readonly string[]): Promise<Software> {
  const unmet = await dnf.unmet('ours');
  const needed = new Set<string>();
  const roles: Role[] = [];
  const left: Software['left'] = [];
  const missing = unmet.filter((line) => !MAY_BE_LEFT.some((role) => line.endsWith(`(zs-role-${role})`)));
  for (const role of ROLES) {
    const own = unmet.filter((line) => line.endsWith(`(zs-role-${role})`));
    const solved = own.length > 0 ? { missing: own } : await dnf.resolve(environmentOf(role));
    if ('packages' in solved) {
      roles.push(role);
      for (const { id, repository } of solved.packages) if (/^given\d+$/.test(repository)) needed.add(id);
    } else if (MAY_BE_LEFT.includes(role)) left.push({ role, missing: solved.missing });
    else missing.push(...solved.missing);
  }
  if (missing.length > 0)
    throw new Refusal([
      'these packages are missing; a folder that has them can be given with --add:',
      ...new Set(missing),
    ]);
  const there = await dnf.packages();
  const brought = there.filter(({ id, repository }) => needed.has(id) && /^given\d+$/.test(repository));
  return {
    roles,
    left,
    brought: [
      ...new Set(
        brought.map(({ repository, location }) =>
          path.join(given[Number(repository.slice(5))] ?? '', location),
        ),
      ),
    ].sort(),
  };
}

/** Metadata of a folder with packages, which itself stays as it is. */
async function metadata(folder: string, out: string): Promise<string> {
  if (await fs.pathExists(path.join(folder, 'repodata/repomd.xml'))) return folder;
  await fs.ensureDir(out);
  await $`createrepo_c --quiet --no-database --outputdir ${out} ${folder}`.quiet();
  return out;
}
