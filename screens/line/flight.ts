import { join } from 'node:path';
import { inputDevice } from './device.ts';
import { FlightRecorder } from './flight-recorder.ts';

/** Records what happens on this terminal from now until the program ends, its end and its defects included. */
export function recordFlight(folder: string, version: string): FlightRecorder {
  const line = inputDevice()
    .replace(/^\/dev\//, '')
    .replace(/[^\w.-]/g, '-');
  const recorder = new FlightRecorder(join(folder, 'flights'), line);
  const { env, pid } = process;
  recorder.note({
    started: { version, pid, term: env.TERM, locale: env.LC_ALL || env.LC_CTYPE || env.LANG },
  });
  process.on('uncaughtExceptionMonitor', (error) => recorder.note({ defect: error.stack ?? String(error) }));
  process.on('exit', (code) => {
    recorder.note({ ended: code });
    recorder.flush();
  });
  return recorder;
}
