import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { Secret } from '../../src/api/secret-text.ts';
import { Vault } from '../../src/management/secrets/vault.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vault-'));
  return () => rmSync(folder, { recursive: true });
});

const ABOUT = 'a'.repeat(32);
const keys = () => join(folder, 'keys');

test('what is sealed opens after a restart, and tells nothing; twice the same is not the same', async () => {
  const first = await Vault.open(keys());
  const sealed = first.seal(new Secret('wörd 一'), ABOUT);
  expect(sealed).not.toContain('wörd');
  expect(first.seal(new Secret('wörd 一'), ABOUT)).not.toBe(sealed);
  expect((await Vault.open(keys())).open(sealed, ABOUT).reveal()).toBe('wörd 一');
  expect(statSync(join(keys(), 'secrets.key')).mode & 0o777).toBe(0o600);
  expect(sealed).not.toContain(readFileSync(join(keys(), 'secrets.key'), 'utf8').slice(0, 12));
});

test('it opens for nothing else, not once it was changed, and not with another key', async () => {
  const vault = new Vault();
  const sealed = vault.seal(new Secret('word'), ABOUT);
  const changed = sealed.replace(/(.)(.)$/, '$2$1');
  for (const [text, about] of [
    [sealed, 'b'.repeat(32)],
    [sealed.slice(0, -4), ABOUT],
    [sealed.slice(0, 20), ABOUT],
    [changed === sealed ? `${sealed}AAAA` : changed, ABOUT],
  ] as const)
    expect(() => vault.open(text, about)).toThrow('was changed');
  expect(() => new Vault().open(sealed, ABOUT)).toThrow('sealed with a key');
});

test('a file that is no key is named, and left alone', async () => {
  const path = join(folder, 'secrets.key');
  writeFileSync(path, 'not a key');
  await expect(Vault.open(folder)).rejects.toThrow(path);
  expect(readFileSync(path, 'utf8')).toBe('not a key');
});
