import { $, fs, os, path } from 'zx';
import { type Generation as Ks, problems } from '../kickstart/check.mts';
import { KICKSTARTS } from '../kickstart/modes.mts';
import { OWN_REPOSITORY } from '../scripts/pack/repository.mts';
import { ROLES } from '../src/api/role.ts';
import { environmentOf } from '../src/node/bare-metal/plan/kickstart.ts';
import { type Base, examine } from './base.mts';
import { extract, extractEfi } from './disc.mts';
import { Dnf } from './dnf.mts';
import { iniValue } from './ini.mts';
import { menuProblems } from './menu-check.mts';
import { refuse } from './refusal.mts';
import { readComps } from './repodata.mts';
import { sha256, VIRTIO } from './tree.mts';
import { driversMissing } from './virtio.mts';

export interface Finding {
  /** What was looked at. */
  what: string;
  /** What is wrong with it; empty when nothing is. */
  wrong: string[];
}

/** An image of ours, read again: what it is, and a folder for what is taken from it. */
interface Image {
  base: Base;
  work: string;
  roles: string[];
}

/**
 * Reads an image of ours again and proves what is promised of it, each by itself. `deep` reads all of it, for its checksums.
 * Refuses what is no such image.
 */
export async function verify(file: string, deep = true): Promise<Finding[]> {
  const work = await fs.mkdtemp(path.join(os.tmpdir(), 'zs-iso-verify-'));
  try {
    const base = await examine(file, work);
    if (!base.repositories.includes(OWN_REPOSITORY))
      refuse(`${file}: has no repository ${OWN_REPOSITORY}, it is none of ours`);
    await extract(file, [...base.menus, ...base.repositories.map((name) => `${name}/repodata`)], work);
    const own = (await readComps(path.join(work, OWN_REPOSITORY))) ?? '';
    const roles = ROLES.filter((role) => own.includes(`<id>${environmentOf(role)}</id>`));
    const image = { base, work, roles };
    const checks: Record<string, (image: Image) => Promise<string[]>> = {
      ...(deep ? { 'checksum inside': inside, 'checksum beside': beside } : {}),
      'starts BIOS and UEFI machines': boots,
      'boot menus': menusOf,
      'packages are all there': packages,
      [`modes ${roles.join(', ')} and no other`]: environments,
      'every mode installs from the image alone': closure,
      'installer finds repositories and images': treeinfo,
      kickstarts,
      'drivers of Windows guests': virtio,
    };
    const found: Finding[] = [];
    for (const [what, check] of Object.entries(checks)) found.push({ what, wrong: await check(image) });
    return found;
  } finally {
    await fs.remove(work);
  }
}

async function inside({ base }: Image): Promise<string[]> {
  const { exitCode } = await $`checkisomd5 ${base.file}`.quiet().nothrow();
  return exitCode === 0 ? [] : ['what is read is not what was written'];
}

async function beside({ base }: Image): Promise<string[]> {
  const place = `${base.file}.sha256`;
  if (!(await fs.pathExists(place))) return [`${place} is not there`];
  const wanted = (await fs.readFile(place, 'utf8')).split(/\s/)[0];
  return wanted === (await sha256(base.file)) ? [] : [`is not what ${place} says`];
}

async function boots({ base }: Image): Promise<string[]> {
  const { stdout } =
    await $`xorriso -indev ${base.file} -report_el_torito plain -report_system_area plain`.quiet();
  const needed = {
    'BIOS machines from a DVD': /^El Torito boot img :\s+\d+\s+BIOS\s+y/m,
    'UEFI machines from a DVD': /^El Torito boot img :\s+\d+\s+UEFI\s+y/m,
    'BIOS machines from a stick': /^System area summary:.*(isohybrid|grub2-mbr)/m,
    'UEFI machines from a stick':
      /^(GPT type GUID\s+:\s+\d+\s+28732ac11ff8d211ba4b00a0c93ec93b|MBR partition\s+:\s+\d+\s+0x\w+\s+0xef)/m,
  };
  return Object.entries(needed)
    .filter(([, pattern]) => !pattern.test(stdout))
    .map(([what]) => `does not start ${what}`);
}

async function menusOf({ base, work }: Image): Promise<string[]> {
  const found: string[] = [];
  for (const name of base.menus) {
    const text = await fs.readFile(path.join(work, name), 'utf8');
    found.push(...menuProblems(text, name, base).map((line) => `${name}: ${line}`));
  }
  const efi = path.join(work, 'efi.img');
  await extractEfi(base.file, efi);
  const inner = path.join(work, 'inner.cfg');
  await $`mcopy -n -i ${efi} ::/EFI/BOOT/grub.cfg ${inner}`.quiet();
  const outer = await fs.readFile(path.join(work, 'EFI/BOOT/grub.cfg'), 'utf8');
  if ((await fs.readFile(inner, 'utf8')) !== outer)
    found.push('the menu in the EFI image is not the one beside it');
  return found;
}

const repositoriesOf = ({ base, work }: Image) =>
  new Map(base.repositories.map((name) => [name.toLowerCase(), path.join(work, name)]));

async function asked<T>(image: Image, ask: (dnf: Dnf) => Promise<T>): Promise<T> {
  const dnf = new Dnf(image.base.generation, repositoriesOf(image));
  try {
    return await ask(dnf);
  } finally {
    await dnf.end();
  }
}

async function packages(image: Image): Promise<string[]> {
  const { base } = image;
  const named = new Map(base.repositories.map((name) => [name.toLowerCase(), name]));
  const listed = await asked(image, (dnf) => dnf.packages());
  return listed.flatMap(({ repository, location, size }) => {
    const place = `${named.get(repository)}/${location}`;
    const there = base.files.get(place);
    if (there === undefined) return [`${place} is not there`];
    return there === size ? [] : [`${place} has ${there} bytes, not ${size}`];
  });
}

const ENVIRONMENT = /<environment>[\s\S]*?<id>([^<]+)<\/id>[\s\S]*?<display_order>(\d+)</g;

async function environments({ base, work, roles }: Image): Promise<string[]> {
  const found: string[] = [];
  const ordered: string[] = [];
  for (const name of base.repositories) {
    const text = (await readComps(path.join(work, name))) ?? '';
    for (const [, id = '', order] of text.matchAll(ENVIRONMENT))
      if (name === OWN_REPOSITORY) ordered[Number(order) - 1] = id;
      else found.push(`${name} brings ${id} too`);
  }
  const wanted = roles.map((role) => `zs-${role}-node`);
  if (ordered.join() !== wanted.join()) found.push(`their order is ${ordered.join(', ')}`);
  for (const role of ROLES)
    if (!roles.includes(role) && role !== 'storage') found.push(`${role} is not there`);
  return found;
}

async function closure(image: Image): Promise<string[]> {
  return asked(image, async (dnf) => {
    const found = await dnf.unmet(OWN_REPOSITORY.toLowerCase());
    for (const role of image.roles) {
      const solved = await dnf.resolve(`zs-${role}-node`);
      if ('missing' in solved) found.push(...solved.missing.map((line) => `${role}: ${line}`));
    }
    return found;
  });
}

async function treeinfo({ base, work }: Image): Promise<string[]> {
  const text = await fs.readFile(path.join(work, '.treeinfo'), 'utf8');
  const sums = [...text.matchAll(/^(\S+) = sha256:([0-9a-f]{64})$/gm)];
  const found: string[] = [];
  const product = 'images/product.img';
  if (!base.files.has(product)) found.push(`${product} is not there`);
  if (iniValue(text, 'checksums', product) === undefined) found.push(`${product} has no checksum`);
  for (const [, name = '', wanted] of sums) {
    if (!base.files.has(name)) {
      found.push(`${name} is not there`);
      continue;
    }
    await extract(base.file, [name], work);
    if ((await sha256(path.join(work, name))) !== wanted) found.push(`${name} is not what .treeinfo says`);
  }
  return found;
}

async function kickstarts({ base, work, roles }: Image): Promise<string[]> {
  const names = KICKSTARTS.filter((name) => roles.some((role) => name.startsWith(role))).map(
    (name) => `ks/${name}`,
  );
  const missing = names.filter((name) => !base.files.has(name));
  if (missing.length > 0) return missing.map((name) => `${name} is not there`);
  await extract(base.file, names, work);
  const texts: string[] = await Promise.all(names.map((name) => fs.readFile(path.join(work, name), 'utf8')));
  return texts.flatMap((text, index) =>
    problems(text, base.generation as Ks).map((line) => `${names[index]}:${line}`),
  );
}

/** Left out is no fault; the builder says so. */
async function virtio({ base, work }: Image): Promise<string[]> {
  if (!base.files.has(VIRTIO)) return [];
  await extract(base.file, [VIRTIO], work);
  const missing = await driversMissing(path.join(work, VIRTIO));
  return missing.map((driver) => `${VIRTIO} has no driver ${driver}`);
}
