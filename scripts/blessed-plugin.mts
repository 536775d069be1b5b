import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/**
 * The library finds its widgets by computed names, which no bundler can follow, and one of them needs modules that are
 * not there. Only what the frame and the two charts use is put in. Terminal descriptions are the frame's own, so none
 * of the library's data files is needed beside the bundle.
 */
const CLASSES = ['Node', 'Screen', 'Element', 'Box'];

const WIDGETS = CLASSES.map((name) => `exports.${name} = require('./widgets/${name.toLowerCase()}');`).join(
  '\n',
);

/** Text of a file with the constructor that warns on standard error, over the screen, replaced by its successor. */
const withoutOldBuffers = async (path: string) =>
  (await readFile(path, 'utf8')).replaceAll('new Buffer(', 'Buffer.alloc(');

/** It reads no terminal descriptions here: what checks them is not loaded. */
const withoutAssert = async (path: string) =>
  (await readFile(path, 'utf8')).replace(
    "require('assert')",
    'Object.assign(() => {}, { equal() {}, ok() {} })',
  );

export const blessedPlugin: Plugin = {
  name: 'blessed',
  setup(build) {
    build.onLoad({ filter: /\/blessed\/lib\/widget\.js$/ }, () => ({ contents: WIDGETS, loader: 'js' }));
    build.onLoad({ filter: /\/blessed\/lib\/(tput|widgets\/element)\.js$/ }, async ({ path }) => ({
      contents: await withoutAssert(path),
      loader: 'js',
    }));
    build.onLoad(
      { filter: /\/(drawille-blessed-contrib\/index|blessed\/lib\/gpmclient)\.js$/ },
      async ({ path }) => ({
        contents: await withoutOldBuffers(path),
        loader: 'js',
      }),
    );
  },
};
