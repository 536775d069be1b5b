import { execFile } from 'node:child_process';
import { resolve } from 'node:path';

const NODE = resolve('node_modules/.bin/node');
const CLI = resolve('dist/cli.cjs');

export interface Said {
  code: number;
  out: string;
  err: string;
}

/** Runs `zstack-ctl` on a folder's node. @param env secrets, by the variables that they come in */
export const ctl = (
  data: string,
  words: readonly string[],
  env: Record<string, string> = {},
): Promise<Said> =>
  new Promise((done) => {
    const argv = [CLI, 'zstack-ctl', ...words, '--data', data];
    const child = execFile(NODE, argv, { env: { ...process.env, ...env } }, (error, out, err) =>
      done({ code: error === null ? 0 : Number(error.code), out, err }),
    );
    child.stdin?.end();
  });
