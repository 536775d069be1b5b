import { execFileSync } from 'node:child_process';
import type { SmallPackage } from './rpm.ts';

const OWN = /^(zs-|rpmlib\(|config\()/;
/** What is a package of its own, as it is on Enterprise Linux: some bases lack one or the other. */
const APART = /^(mariadb|rabbitmq|kernel-uek|ocfs2|libvirt|qemu|chrony|openssh)/;

/** What the RPMs need of others, as rpm lists it. */
export function needsOf(rpms: readonly string[]): string[] {
  const all = rpms.map((rpm) => execFileSync('rpm', ['-qp', '--requires', rpm], { encoding: 'utf8' }));
  const lines = all.flatMap((text) => text.trim().split('\n'));
  return [...new Set(lines)].filter((line) => !OWN.test(line));
}

/** Packages that stand for those of Enterprise Linux that the RPMs need. The first is all of the base system. */
export function standIns(rpms: readonly string[]): SmallPackage[] {
  const needs = needsOf(rpms);
  return [
    { name: 'enterprise-linux', provides: needs.filter((need) => !APART.test(need)) },
    ...needs.filter((need) => APART.test(need)).map((name) => ({ name })),
  ];
}
