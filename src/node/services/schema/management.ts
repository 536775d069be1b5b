import { z } from 'zod';
import { defineAction } from '../../../api/action.ts';
import type { Words } from '../../../api/words.ts';

/** How a service stands, in the words of `zstack-ctl status`. */
export interface ServiceStatus {
  state: 'Running' | 'Starting' | 'Stopped' | 'Unknown';
  pid?: number;
  /** Why it is unknown. */
  why?: Words;
  /** What to do about it. */
  next?: Words;
}

export interface ManagementStatus {
  home: string;
  properties: string;
  logConfiguration: string;
  pidFile: string;
  logFile: string;
  management: ServiceStatus;
  ui: ServiceStatus & { url?: string };
  version: string;
  /** What the version says beside its number: engines of store and messages. */
  detail: string;
}

export const managementStatus = defineAction<ManagementStatus>()({
  name: 'management.status',
  input: z.object({}),
  access: ['look'],
  lane: 'none',
});

/** Starts, stops or restarts one of the management node's own services; `timeout` in seconds. */
export const orderManagement = defineAction<ManagementStatus>()({
  name: 'management.order',
  input: z.object({
    service: z.enum(['node', 'ui']),
    order: z.enum(['start', 'stop', 'restart']),
    timeout: z.int().min(1).max(3600).default(120),
  }),
  access: ['password'],
  lane: 'services',
});
