import { type Connection, connect } from '../../src/api/client.ts';
import type { ClientHello } from '../../src/api/wire.ts';
import { type Note, noted } from './noted.ts';

/**
 * Runs something on a connection to guard, opened for it and closed after. Guard starts when it is asked, and is
 * there when the controller is not.
 */
export async function withGuard<T>(
  socketPath: string,
  hello: ClientHello,
  note: Note,
  use: (guard: Connection) => Promise<T>,
): Promise<T> {
  const connection = await connect(socketPath, hello);
  try {
    return await use(noted(connection, note));
  } finally {
    connection.close();
  }
}
