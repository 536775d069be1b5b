import type { Plugin } from 'esbuild';

/** Makes blessed bundle: filled in beside the frame that uses it. */
export const blessedPlugin: Plugin = { name: 'blessed', setup() {} };
