import { connect } from 'node:net';
import { say, type Words } from '../api/words.ts';
import { codeOf, whyOf } from './errno.ts';

const LIMIT = 3_000;
const UNRESOLVED = ['ENOTFOUND', 'EAI_AGAIN'];

/** Why nobody there takes a TCP connection within three seconds; undefined when somebody does. */
export const refusal = (host: string, port: number): Promise<Words | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: LIMIT });
    const end = (why?: Words) => {
      socket.destroy();
      resolve(why && say(`TCP ${port}: ${why.en}`, `TCP ${port}：${why.zh}`));
    };
    socket.once('connect', () => end());
    socket.once('timeout', () => end(say(`${host} does not answer within 3 s`, `${host} 3 秒内无应答`)));
    socket.once('error', (error) =>
      end(
        UNRESOLVED.includes(codeOf(error) ?? '')
          ? say(`${host} does not resolve`, `${host} 无法解析`)
          : whyOf(error),
      ),
    );
  });
