import { z } from 'zod';
import { defineAction } from '../../api/action.ts';
import type { Reading } from '../../api/reading.ts';
import type { Words } from '../../api/words.ts';

export const SPANS = ['hour', 'day', 'all'] as const;
export type Span = (typeof SPANS)[number];

/** An address under which something is handed out for a while. */
export interface Shared {
  /** Unknown, with the reason, when the export server does not run. */
  url: Reading<string>;
  /** Wall time in milliseconds since 1970. */
  expires: number;
}

export interface Collected extends Shared {
  /** The archive. */
  path: string;
  /** Bytes of the archive. */
  size: number;
  files: number;
  /** What was left out or cut, a line each; the archive says the same. */
  cut: string[];
}

const moment = z.int().min(0).optional();

/**
 * Puts this node's logs, settings and state into an archive and onto the export server. Secrets are masked. `full`
 * takes logs whole, as far as the bounds allow, instead of their last 100 000 lines. `since` and `until` are moments in
 * milliseconds since 1970; with `since`, `span` says nothing. `threads` adds what every thread waits in.
 */
export const collectLogs = defineAction<Collected>()({
  name: 'logs.collect',
  input: z.object({
    span: z.enum(SPANS).default('day'),
    since: moment,
    until: moment,
    full: z.boolean().default(false),
    threads: z.boolean().default(false),
    hours: z
      .int()
      .min(1)
      .max(24 * 30)
      .default(24),
  }),
  access: ['password'],
  lane: 'none',
  long: true,
});

/** Hands out one file of the backup folder: the newest when no name is given. */
export const shareBackup = defineAction<Shared & { path: string; size: number }>()({
  name: 'database.shareBackup',
  input: z.object({
    hours: z
      .int()
      .min(1)
      .max(24 * 30)
      .default(24),
  }),
  access: ['password'],
  lane: 'none',
});

/** A file system on a removable disk. Size in bytes. */
export interface Stick {
  /** `/dev/sdb1`. */
  device: string;
  model: string;
  size: number;
  type?: string;
  label?: string;
  /** Why nothing can be copied onto it. */
  problem?: Words;
}

/** Sticks that are plugged in now. */
export const listSticks = defineAction<Stick[]>()({
  name: 'logs.listSticks',
  input: z.object({}),
  access: ['password'],
  lane: 'none',
});

export interface CopiedToStick {
  /** Of the file on the stick. */
  name: string;
  size: number;
  device: string;
  model: string;
}

/** Copies the newest archive of logs onto a stick, reads it back, and leaves the stick ready to be pulled out. */
export const copyToStick = defineAction<CopiedToStick>()({
  name: 'logs.copyToStick',
  input: z.object({ device: z.string().regex(/^\/dev\/[a-z0-9]+$/, 'is no device') }),
  access: ['password'],
  lane: 'none',
  long: true,
});

export interface LogFile {
  /** What a person calls it. */
  name: string;
  path: string;
  size: number;
}

/** Logs of this node that can be read on the screen. */
export const listLogs = defineAction<LogFile[]>()({
  name: 'logs.list',
  input: z.object({}),
  access: ['password'],
  lane: 'none',
});

/** Streams the last lines of a log, and with `follow` those that come, until cancelled. Secrets are masked. */
export const readLog = defineAction<void, { lines: string[] }>()({
  name: 'logs.read',
  input: z.object({
    /** As `logs.list` names it. */
    name: z.string().min(1).max(255),
    lines: z.int().min(1).max(10_000).default(500),
    follow: z.boolean().default(false),
    /** Only lines that hold this, in whatever case. */
    filter: z.string().max(200).default(''),
  }),
  access: ['password'],
  lane: 'none',
});
