import { attach } from '../../../src/cli/attach.ts';

const over = attach(process.argv[2] ?? '');
process.stdout.write('[here]\r\n');
process.stdout.write(`[${await over}]\r\n`);
