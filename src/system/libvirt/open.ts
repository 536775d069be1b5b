import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { PROCEDURE } from './codecs.gen.ts';
import { type EventMessage, LibvirtConnection } from './connection.ts';
import { AUTH } from './protocol.ts';

/**
 * Opens `qemu:///system` through one of the daemon's sockets.
 * @param flags `OPEN_READ_ONLY`, or 0
 */
export async function openQemu(
  socketPath: string,
  flags: number,
  onEvent: (message: EventMessage) => void,
): Promise<LibvirtConnection> {
  const connection = await LibvirtConnection.open(socketPath, onEvent);
  try {
    await authenticate(connection);
    await connection.call(PROCEDURE.connectOpen, { name: 'qemu:///system', flags });
    return connection;
  } catch (thrown) {
    connection.close();
    throw thrown;
  }
}

/** Asking for the list lets root in by itself; others are let in by polkit's rule for looking. */
async function authenticate(connection: LibvirtConnection): Promise<void> {
  const { types } = await connection.call(PROCEDURE.authList, undefined);
  if (types.includes(AUTH.none)) return;
  if (!types.includes(AUTH.polkit))
    throw new Fault('refused', say('libvirt wants a log-in', 'libvirt 要求登录'));
  await connection.call(PROCEDURE.authPolkit, undefined);
}

/** Hears of one kind of event (`EVENT_ID`) of every domain from now on. */
export async function register(connection: LibvirtConnection, event: number): Promise<void> {
  const everyDomain = undefined;
  await connection.call(PROCEDURE.connectDomainEventCallbackRegisterAny, {
    eventID: event,
    dom: everyDomain,
  });
}
