import { systemdService } from '../../src/system/service.ts';

// One question or order for a unit, in a process of its own: `standing` or `stop`, and the unit.

const [, , verb, unit = ''] = process.argv;
const service = systemdService(unit);
if (verb === 'stop') void service.stop();
else void service.standing().then((standing) => process.stdout.write(standing));
