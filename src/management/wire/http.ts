import Fastify, { type FastifyInstance } from 'fastify';
import type { Log } from '../../system/log.ts';
import type { Calls } from '../calls/calls.ts';
import { plain } from './envelope.ts';
import { RestWire } from './rest.ts';
import { Rpc } from './rpc.ts';

const BODY_BYTES = 1_048_576;
/** Long queries stand in the first line of a request. */
const HEADER_BYTES = 262_144;

/** The HTTP server of the management service, with nothing on it yet. */
export const httpServer = (): FastifyInstance =>
  Fastify({
    forceCloseConnections: true,
    requestTimeout: 30_000,
    bodyLimit: BODY_BYTES,
    http: { maxHeaderSize: HEADER_BYTES },
    routerOptions: { maxParamLength: 1_024 },
    frameworkErrors: ({ message }, _, reply) => plain(reply, 400, message),
  });

/** Puts both wires of the API on it. */
export async function serveApi(http: FastifyInstance, calls: Calls, log: Log): Promise<void> {
  await http.register(async (wires) => {
    // Clients say all kinds of things about their body: it is JSON whatever they say.
    wires.removeAllContentTypeParsers();
    wires.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => done(null, body));
    wires.setErrorHandler((error: { statusCode?: number; message: string }, _, reply) => {
      const code = error.statusCode ?? 500;
      if (code >= 500) log(`api: ${error.message}`);
      return plain(
        reply,
        code,
        code < 500 ? error.message : 'it stands in the log of the management service',
      );
    });
    new Rpc(calls, log).register(wires);
    new RestWire(calls, log).register(wires);
  });
}
