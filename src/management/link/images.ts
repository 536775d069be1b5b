import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import type { Route } from './server.ts';

/** Where the file of an image is; undefined where there is none that may be handed out. */
export type FindImage = (uuid: string) => Promise<string | undefined>;

/** Images for hosts: the file from an offset on, none of it where it ends before. Only members reach it. */
export const imageRoute = (find: FindImage): Route => ({
  ...{ method: 'GET', path: /^\/images\/([0-9a-f]{32})$/ },
  async handle({ request, response, groups: [uuid = ''] }) {
    const path = await find(uuid);
    const file = path === undefined ? undefined : await open(path, 'r').catch(() => undefined);
    if (file === undefined) throw new Fault('notFound', say('there is no such image', '没有该镜像'));
    const [, from = '0'] = /^bytes=(\d{1,15})-$/.exec(request.headers.range ?? '') ?? [];
    const { size } = await file.stat();
    const start = Math.min(Number(from), size);
    response.writeHead(206, {
      'content-type': 'application/octet-stream',
      'content-length': size - start,
      'content-range': `bytes ${start}-${Math.max(start, size - 1)}/${size}`,
    });
    // A host that hangs up is not to be told.
    await pipeline(file.createReadStream({ start }), response).catch(() => response.destroy());
  },
});
