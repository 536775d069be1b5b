import { LIMITS, serve } from '../api/server.ts';
import { leaveLastWords, takeBackLastWords } from '../system/last-words.ts';
import { listenOn } from '../system/listen.ts';
import { logCrash } from '../system/log.ts';
import { ServiceManager } from '../system/notify.ts';
import { identify } from '../system/peer.ts';
import { Controller } from './controller.ts';
import type { ControllerOptions } from './options.ts';

/** Milliseconds that a change which runs gets to end, when the controller is asked to end. */
const PATIENCE = 60_000;

/** Serves until SIGTERM or SIGINT; answers the exit code. */
export async function serveController(options: ControllerOptions): Promise<number> {
  const { places, role, version, log } = options;
  logCrash(log, (error) => leaveLastWords(places.controllerLastWords, error));
  const manager = new ServiceManager(process.env, log);
  const controller = new Controller(options);
  const end = asked();
  await controller.recover();
  const server = await listenOn(places.controllerSocket);
  const serving = serve(server, {
    hello: { version, role },
    limits: LIMITS,
    identify,
    call: (caller, action, input, reply) => controller.dispatcher.call(caller, action, input, reply),
    left: (caller) => controller.left(caller),
    log,
  });
  log(`listening on ${places.controllerSocket}`);
  await Promise.race([controller.start(), end]);
  takeBackLastWords(places.controllerLastWords);
  manager.ready(() => controller.lanes.alive);
  await end;
  manager.stopping();
  serving.close();
  controller.stopping();
  await idle(controller);
  await controller.stop();
  return 0;
}

const asked = (): Promise<void> =>
  new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });

/** Changes that run are let finish; what takes too long is left to the journal. */
async function idle(controller: Controller): Promise<void> {
  const until = performance.now() + PATIENCE;
  while (controller.lanes.holders.length > 0 && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
