import type { Readable } from 'node:stream';
import { z } from 'zod';
import { defineAction } from '../../api/action.ts';
import { say, type Words } from '../../api/words.ts';

export type PackageFormat = 'deb' | 'rpm';

const version = z.string().regex(/^\d{1,9}(\.\d{1,9}){1,3}$/, 'is no version');

const packageFile = z.object({
  /** Its name, without a folder. */
  file: z.string().regex(/^zs-[\w.-]{1,200}\.(deb|rpm)$/, 'is no package of ours'),
  /** Bytes. */
  size: z.number().int().min(1),
  /** Hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'is no checksum'),
});

/** A package as the management node has it. */
export type PackageFile = z.output<typeof packageFile>;

/** What the management node runs, and the packages that a host needs for one version. */
export const packageOffer = z.object({
  version,
  packages: z.array(packageFile).max(20),
  /** Files that it does not have. */
  missing: z.array(z.string().max(255)).max(20),
});

export type PackageOffer = z.output<typeof packageOffer>;

/** Packages of ours on this node. */
export interface Installed {
  readonly format: PackageFormat;
  readonly names: readonly string[];
}

/** The management node as far as its packages go. All throw `unavailable` while it does not answer. */
export interface PackageSource {
  /** @param version of the packages; the management node's own when not given */
  offer(installed: Installed, version?: string): Promise<PackageOffer>;
  /** The bytes of a package. */
  open(file: string, signal: AbortSignal): Promise<Readable>;
  /** Throws `conflict` while another host is at it. */
  takeTurn(): Promise<void>;
}

/** How this node stands to the version of its management node. */
export interface Following {
  own: string;
  /** Absent: not known now. */
  wanted?: string;
  /** What is in the way, or under way; absent: nothing. */
  why?: Words;
  underWay?: true;
}

/** Looks at once whether the management node has another version; what did not go well before is tried again. */
export const followNow = defineAction<Following>()({
  name: 'follow.now',
  input: z.object({}),
  access: ['password'],
  lane: 'none',
});

/**
 * Replaces this node's packages by those of another version, which lie ready: this program ends meanwhile. `conflict`
 * while anything else is done here.
 */
export const installVersion = defineAction<void>()({
  name: 'follow.install',
  input: z.object({ from: version, to: version }),
  access: ['password'],
  lane: 'node',
  told: ({ from, to }) => say(`Install version ${to} in the place of ${from}`, `安装版本 ${to} 替换 ${from}`),
});
