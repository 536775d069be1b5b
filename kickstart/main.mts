#!/usr/bin/env node
import { readFile, writeFile } from 'node:fs/promises';
import { given, wrong } from '../scripts/arguments.mts';
import { readAnswers } from './answers.mts';
import { type Generation, problems } from './check.mts';
import { generated } from './generate.mts';

const USAGE = `npm run kickstart -- --answers FILE --out FILE
npm run kickstart -- --check FILE [--el 9|10]
  --answers  a site's answers in JSON; kickstart/answers.mts tells the fields, kickstart/example.json is one
  --out      the kickstart that is made of them; only its owner can read it
  --check    says what is wrong with a kickstart of your own
  --el       for this generation of Enterprise Linux alone`;

const options = given(USAGE, {
  answers: { type: 'string' },
  out: { type: 'string' },
  check: { type: 'string' },
  el: { type: 'string' },
});
const generations = [9, 10].filter((one) => options.el === undefined || options.el === String(one));
if (generations.length === 0) wrong('--el: 9 or 10');
if (options.check !== undefined) check(await text(options.check));
else if (options.answers !== undefined && options.out !== undefined) await make(options.answers, options.out);
else wrong('either --check, or --answers and --out (--help tells)');

function check(kickstart: string): void {
  const found = generations.flatMap((one) => problems(kickstart, one as Generation));
  for (const line of new Set(found)) console.log(line);
  process.exitCode = found.length > 0 ? 1 : 0;
}

async function make(from: string, to: string): Promise<void> {
  const answers = readAnswers(parsed(await text(from)));
  if (Array.isArray(answers)) wrong(answers.join('\n'));
  await writeFile(to, await generated(answers), { mode: 0o600 });
}

/** What the parser says of a text quotes it, and a password may stand there. */
function parsed(words: string): unknown {
  try {
    return JSON.parse(words);
  } catch {
    return wrong('answers: is not JSON');
  }
}

async function text(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    return wrong(
      `${file}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'is not there' : 'cannot be read'}`,
    );
  }
}
