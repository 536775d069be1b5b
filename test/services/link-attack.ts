import { renameSync, symlinkSync, watch } from 'node:fs';
import { join } from 'node:path';

// Puts a link in the place of each file of a folder that appears with this ending, as whoever owns the folder:
// FOLDER ENDING TARGET. Says `ready`, then each name that it swapped.

const [, , folder = '', ending = '', target = ''] = process.argv;
let count = 0;

watch(folder, (_event, name) => {
  if (!name?.endsWith(ending)) return;
  try {
    renameSync(join(folder, name), join(folder, `taken-${count}`));
    symlinkSync(target, join(folder, name));
    count += 1;
    process.stdout.write(`${name}\n`);
  } catch {
    // It was gone again.
  }
});
process.stdout.write('ready\n');
