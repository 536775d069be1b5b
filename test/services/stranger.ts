import { connect } from '../../src/api/client.ts';

/** Opens COUNT connections to a socket and says how each went: `stranger.ts SOCKET COUNT`. */
const [, , path = '', count = '1'] = process.argv;
const hello = { program: 'script', line: '-', version: '0' };
const outcomes: string[] = [];
for (let index = 0; index < Number(count); index += 1) {
  const connection = await connect(path, hello).catch((error) => error);
  outcomes.push(connection instanceof Error ? connection.message : 'connected');
}
console.log(JSON.stringify(outcomes));
process.exit(0);
