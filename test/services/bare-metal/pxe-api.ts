import { setTimeout as sleep } from 'node:timers/promises';
import { sentFor } from '../../../src/management/resource/account/password.ts';
import { until } from '../servers.ts';
import type { PxeWorld } from './pxe-world.ts';

/** What a call answered: its fields, or `error`. */
// biome-ignore lint/suspicious/noExplicitAny: whatever the calls answer.
export type Told = any;

const API = 'http://127.0.0.1:8080/zstack/api/';

/** A client of a node's management service, as those that there are speak to it. */
export class PxeApi {
  readonly #world: PxeWorld;
  #session = '';

  constructor(world: PxeWorld) {
    this.#world = world;
  }

  /** Logs in, once the service answers; then waits until the node itself is a host with a link. */
  async ready(): Promise<void> {
    const fields = { accountName: 'admin', password: sentFor('password') };
    const logIn = async () =>
      (await this.#call('org.zstack.header.identity.APILogInByAccountMsg', fields)).inventory.uuid;
    this.#session = await until(() => logIn().catch(() => undefined), 60);
    const linked = async () => {
      const { inventories } = await this.ask('org.zstack.header.host.APIQueryHostMsg', { conditions: [] });
      return inventories.some(({ status }: Told) => status === 'Connected') || undefined;
    };
    await until(linked, 60);
  }

  /** @param name of a message of bare metal, such as `power.APIPowerOnBaremetalHost` */
  bareMetal(name: string, fields: object): Promise<Told> {
    return this.ask(`org.zstack.header.baremetal.${name}Msg`, fields);
  }

  /** @param verb such as `Create` */
  pxe(verb: string, fields: object): Promise<Told> {
    return this.bareMetal(`pxeserver.API${verb}BaremetalPxeServer`, fields);
  }

  chassis(verb: string, fields: object): Promise<Told> {
    return this.bareMetal(`power.API${verb}BaremetalChassis`, fields);
  }

  async ask(message: string, fields: object): Promise<Told> {
    return this.#call(message, { session: { uuid: this.#session }, ...fields });
  }

  /** Begins a job and does not wait for it. */
  begin(name: string, fields: object): void {
    const message = {
      [`org.zstack.header.baremetal.${name}Msg`]: { session: { uuid: this.#session }, ...fields },
    };
    const { state } = this.#polled(API, JSON.stringify(message));
    if (state !== 'Processing') throw new Error(`${name} is ${state}`);
  }

  async #call(message: string, fields: object): Promise<Told> {
    let answer = this.#polled(API, JSON.stringify({ [message]: fields }));
    for (; answer.state !== 'Done'; await sleep(200)) answer = this.#polled(`${API}result/${answer.uuid}`);
    return Object.values(JSON.parse(answer.result))[0];
  }

  /** A body goes by the standard input: it may hold a password. */
  #polled(url: string, body?: string): Told {
    const more = body === undefined ? [] : ['--data-binary', '@-'];
    return JSON.parse(this.#world.init.inside(['curl', '-s', '--max-time', '30', ...more, url], body ?? ''));
  }
}
