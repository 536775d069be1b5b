#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { path } from 'zx';
import { placesOf } from '../src/api/places.ts';
import { isRole, ROLES } from '../src/api/role.ts';
import { given, wrong } from './arguments.mts';

/**
 * Starts the console on this machine: with the controller that runs here already, or with a controller and guard of
 * its own whose data stay in one folder.
 */
const USAGE = `npm start -- [--role management|compute|storage] [--lang en|zh] [--data DIR]
  --role   whose screens are shown (management)
  --lang   of the texts (en)
  --data   folder of a development run (.dev)`;
const root = path.resolve(import.meta.dirname, '..');
const options = given(USAGE, {
  role: { type: 'string' },
  lang: { type: 'string' },
  data: { type: 'string' },
});
const role = options.role ?? 'management';
if (!isRole(role) || role === 'expert') wrong(`--role: one of ${ROLES.slice(0, 3).join(', ')}`);
if (options.lang !== undefined && !['en', 'zh'].includes(options.lang)) wrong('--lang: en or zh');
await import('./build.mts');

const installed = options.data === undefined && (await answers(placesOf().controllerSocket));
const dataDir = installed ? undefined : path.resolve(options.data ?? path.join(root, '.dev'));
const data = dataDir === undefined ? [] : ['--data', dataDir];
const children =
  dataDir === undefined || (await answers(placesOf(dataDir).controllerSocket)) ? [] : startDaemons(data);
if (dataDir !== undefined) console.error(`development data in ${dataDir}`);

const lang = options.lang === undefined ? [] : ['--lang', options.lang];
const consoleProgram = program('console', [...data, ...lang], 'inherit');
const [code, signal] = await once(consoleProgram, 'exit');
for (const child of children) child.kill('SIGTERM');
process.exitCode = signal === null ? code : 1;

function startDaemons(args: string[]) {
  const daemons = [
    program('guard', args, 'ignore'),
    program('controller', [...args, '--role', role], 'ignore'),
  ];
  // Its store is in the same folder; this machine is its first host.
  return role === 'management' ? [...daemons, program('management', args, 'ignore')] : daemons;
}

function program(name: string, args: string[], stdio: 'inherit' | 'ignore') {
  const bundle = path.join(root, 'dist', `${name}.cjs`);
  const env = { ...process.env, NODE_COMPILE_CACHE: path.join(root, 'build', 'compile-cache') };
  // The daemons' words go to their own log in the data folder, not over the console.
  return spawn(process.execPath, [bundle, ...args], { stdio, env });
}

/** Whether something accepts connections on a socket. */
async function answers(socketPath: string): Promise<boolean> {
  const socket = connect(socketPath);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
