import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Connections } from '../system/connections.ts';
import { say } from './send-file.ts';

/** A browser takes six connections; several people may come from one address. */
const PLACES = { most: 64, mostOfOne: 16 };
const IDLE_MILLISECONDS = 60_000;
/** From the connection to the end of the request's headers. */
const PATIENCE_MILLISECONDS = 5_000;
const LOOK_MILLISECONDS = 500;

/** A server that nobody can hold up for all others. It listens to nobody yet. */
export function guardedServer(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Server {
  const server = createServer({
    keepAliveTimeout: 5_000,
    headersTimeout: PATIENCE_MILLISECONDS,
    requestTimeout: PATIENCE_MILLISECONDS,
    connectionsCheckingInterval: LOOK_MILLISECONDS,
  });
  server.timeout = IDLE_MILLISECONDS;
  const places = new Connections(PLACES);
  server.on('connection', (socket) => places.enter(socket));
  server.on('request', (request, response) => {
    places.asks(request.socket);
    response.once('close', () => places.answered(request.socket));
    answer(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else say(response, 500, 'cannot be read');
    });
  });
  return server;
}
