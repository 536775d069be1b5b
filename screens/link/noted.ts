import type { Connection } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';

export type Note = (event: object) => void;

/** Asked all the time: only its failures are news. */
const TOUCH = 'session.touch';

/** The same connection, with every call noted: its name, how it ended and how long it took, never what is in it. */
export function noted(connection: Connection, note: Note): Connection {
  const follow = async <T>(name: string, outcome: Promise<T>): Promise<T> => {
    const from = performance.now();
    const end = (how: string) =>
      note({ call: name, how, milliseconds: Math.round(performance.now() - from) });
    try {
      const answer = await outcome;
      if (name !== TOUCH) end('ok');
      return answer;
    } catch (thrown) {
      const { kind, words } = Fault.from(thrown);
      end(`${kind}: ${words.en}`);
      throw thrown;
    }
  };
  return {
    server: connection.server,
    get ended() {
      return connection.ended;
    },
    closed: connection.closed,
    close: () => connection.close(),
    call: (action, input, options) => follow(action.name, connection.call(action, input, options)),
    start: (action, input) => follow(action.name, connection.start(action, input)),
  };
}
