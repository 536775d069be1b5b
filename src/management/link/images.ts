import { sendFile } from './send-file.ts';
import type { Route } from './server.ts';

/** Where the file of an image is; undefined where there is none that may be handed out. */
export type FindImage = (uuid: string) => Promise<string | undefined>;

/** Images for hosts: the file from an offset on, none of it where it ends before. Only members reach it. */
export const imageRoute = (find: FindImage): Route => ({
  ...{ method: 'GET', path: /^\/images\/([0-9a-f]{32})$/ },
  handle: async ({ request, response, groups: [uuid = ''] }) => sendFile(request, response, await find(uuid)),
});
