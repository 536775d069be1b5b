#!/usr/bin/env node
import { APIS } from '../src/management/resource/definitions.ts';
import { tableMessages } from '../test/fixtures/api.ts';

/** Prints how many of the messages that existing clients know are served, by module. */
const built = new Set(APIS.map(({ message }) => message));
const known = tableMessages().filter(({ abstract, deprecated }) => !abstract && !deprecated);
const modules = Map.groupBy(known, ({ module }) => module);

const line = (name: string, of: typeof known) => {
  const served = of.filter(({ message }) => built.has(message)).length;
  return `${`${served}/${of.length}`.padStart(8)}  ${name}`;
};
for (const [name, of] of [...modules].sort(([a], [b]) => (a < b ? -1 : 1))) console.log(line(name, of));
console.log(line('all', known));
