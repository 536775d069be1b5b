import { z } from 'zod';
import { printable } from '../../../api/printable.ts';
import { ruled } from '../../../api/ruled.ts';
import { type Secret, secret } from '../../../api/secret.ts';
import { uuid } from '../../../api/uuid.ts';
import { say } from '../../../api/words.ts';
import { guestMac } from '../../dhcp/schema.ts';

const MEBIBYTE = 1024 * 1024;
/** A guest with less does not come up. */
const LEAST_MEMORY = 16 * MEBIBYTE;

/** What VNC itself takes; the rest would be cut off without a word. */
const VNC_PASSWORD = 8;

const name = ruled((text) =>
  text === '' || text.length > 255 || printable(text) !== text
    ? say('is not a name of 1 to 255 characters that can be seen', '不是 1 到 255 个可见字符的名称')
    : undefined,
);

const isVncPassword = (password: Secret): boolean => {
  const text = password.reveal();
  // Programs disagree on how others are sent.
  return text.length <= VNC_PASSWORD && /^[\x20-\x7e]+$/.test(text);
};

/** What a guest's screen asks before it is shown. */
export const consolePassword = secret.refine(isVncPassword, {
  error: 'is not 1 to 8 ASCII characters, which is what VNC takes',
  params: {
    words: say(
      'is not 1 to 8 ASCII characters, which is what VNC takes',
      '不是 1 到 8 个 ASCII 字符（VNC 的限制）',
    ),
  },
});

/** virtio devices for Linux, WindowsVirtio and Paravirtualization; emulated ones (IDE, e1000) for the others. */
export const PLATFORMS = ['Linux', 'Windows', 'Paravirtualization', 'WindowsVirtio', 'Other'] as const;

/**
 * All that a guest is made of, as it is to run at its next start: volumes and networks by what they go by in the cloud,
 * never by a path or a device of the node. Volumes must have been made (`volume.create`) and networks be there
 * (`l2.ensure`).
 */
export const vmDefinition = z.object({
  name,
  cpuNum: z.int().min(1).max(512),
  /** Bytes, whole MiB. */
  memorySize: z.int().min(LEAST_MEMORY).multipleOf(MEBIBYTE),
  platform: z.enum(PLATFORMS).default('Linux'),
  cpuMode: z.enum(['none', 'host-model', 'host-passthrough']).default('none'),
  cacheMode: z.enum(['none', 'writethrough', 'writeback']).default('none'),
  videoType: z.enum(['cirrus', 'vga', 'qxl']).default('cirrus'),
  bootMenu: z.boolean().default(true),
  /** Asked by VNC; absent: none is. */
  consolePassword: consolePassword.optional(),
  /** The root volume first. */
  volumes: z
    .array(z.object({ volume: uuid, storage: uuid }))
    .min(1)
    .max(25),
  nics: z
    .array(z.object({ mac: guestMac, l2: uuid }))
    .min(1)
    .max(16),
});
export type VmDefinition = z.output<typeof vmDefinition>;
