import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SYSTEM = '/redfish/v1/Systems/1';
const RESET = `${SYSTEM}/Actions/ComputerSystem.Reset`;

type Say = (code: number, body?: object) => unknown;

/** What a BMC does otherwise than others. */
export interface Quirks {
  /** It takes no change without the tag of what was read (If-Match). */
  wantsTag?: boolean;
  /** Its firmware starts in one way only, which it does not tell. */
  oneMode?: boolean;
  resets?: readonly string[];
  systems?: number;
  /** Answers each request so. */
  answers?: (response: ServerResponse) => void;
}

/**
 * A BMC that speaks Redfish, as far as one machine is switched: no simulator of it is among Debian's packages. What it
 * answers follows DSP0266 and the ComputerSystem schema.
 */
export class RedfishSim {
  readonly #folder = mkdtempSync(join(tmpdir(), 'redfish-sim-'));
  readonly #server: Server;
  readonly #login: string;
  readonly quirks: Quirks;
  power = 'Off';
  boot: Record<string, string> = {};
  /** Requests that came with a user, as `POST /path`. */
  readonly asked: string[] = [];

  constructor(user: string, password: string, quirks: Quirks = {}) {
    this.quirks = quirks;
    this.#login = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    const [key, cert] = ['key', 'cert'].map((name) => join(this.#folder, name)) as [string, string];
    const subject = ['-subj', '/CN=bmc', '-keyout', key, '-out', cert];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject], {
      stdio: 'pipe',
    });
    this.#server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
      void this.#answer(request, response);
    });
  }

  start(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  end(): void {
    this.#server.closeAllConnections();
    this.#server.close();
    rmSync(this.#folder, { recursive: true });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    let text = '';
    for await (const part of request.setEncoding('utf8')) text += part;
    const { method = '', url = '', headers } = request;
    const say: Say = (code, body) => {
      response.writeHead(code, { 'Content-Type': 'application/json', ETag: '"7"', 'OData-Version': '4.0' });
      return response.end(body === undefined ? '' : JSON.stringify(body));
    };
    if (headers.authorization !== undefined) this.asked.push(`${method} ${url}`);
    if (this.quirks.answers !== undefined) return this.quirks.answers(response);
    if (method === 'GET' && /^\/redfish\/v1\/?$/.test(url)) return say(200, ROOT);
    if (headers.authorization !== this.#login) return say(401, complaint('no'));
    if (method === 'GET') return this.#read(url, say);
    if (method === 'PATCH' && this.quirks.wantsTag && headers['if-match'] !== '"7"')
      return say(412, complaint('the tag is another one'));
    if (method === 'PATCH' && url === SYSTEM) {
      this.boot = { ...this.boot, ...JSON.parse(text).Boot };
      return say(204);
    }
    if (method !== 'POST' || url !== RESET) return say(405, complaint('no such thing'));
    return this.#reset(JSON.parse(text).ResetType, say);
  }

  #read(url: string, say: Say): unknown {
    if (url.replace(/\/$/, '') === '/redfish/v1/Systems') {
      const Members = Array.from({ length: this.quirks.systems ?? 1 }, (_, at) => ({
        '@odata.id': `/redfish/v1/Systems/${at + 1}`,
      }));
      return say(200, { ...COLLECTION, Members, 'Members@odata.count': Members.length });
    }
    if (url.replace(/\/$/, '') !== SYSTEM) return say(404, complaint('no such thing'));
    const { resets = ['On', 'ForceOff', 'ForceRestart'], oneMode } = this.quirks;
    return say(200, {
      '@odata.id': SYSTEM,
      '@odata.type': '#ComputerSystem.v1_13_0.ComputerSystem',
      Id: '1',
      Name: 'machine',
      UUID: 'a1234567-89ab-cdef-a123-456789abcdef',
      PowerState: this.power,
      Boot: {
        BootSourceOverrideEnabled: 'Disabled',
        BootSourceOverrideTarget: 'None',
        'BootSourceOverrideTarget@Redfish.AllowableValues': ['Pxe', 'Hdd'],
        ...(oneMode ? {} : { BootSourceOverrideMode: 'UEFI' }),
        ...this.boot,
      },
      Actions: {
        '#ComputerSystem.Reset': { target: RESET, 'ResetType@Redfish.AllowableValues': resets },
      },
    });
  }

  #reset(type: string, say: Say): unknown {
    if (type === 'ForceRestart' && this.power === 'Off') return say(409, complaint('the machine is off'));
    this.power = type === 'ForceOff' ? 'Off' : 'On';
    return say(204);
  }
}

const ROOT = {
  '@odata.id': '/redfish/v1/',
  '@odata.type': '#ServiceRoot.v1_9_0.ServiceRoot',
  Id: 'RootService',
  Name: 'Root Service',
  RedfishVersion: '1.11.0',
  UUID: 'b1234567-89ab-cdef-a123-456789abcdef',
  Systems: { '@odata.id': '/redfish/v1/Systems' },
  Links: { Sessions: { '@odata.id': '/redfish/v1/SessionService/Sessions' } },
};
const COLLECTION = {
  '@odata.id': '/redfish/v1/Systems',
  '@odata.type': '#ComputerSystemCollection.ComputerSystemCollection',
  Name: 'Computer System Collection',
};
const complaint = (message: string) => ({
  error: { code: 'Base.1.0.GeneralError', message, '@Message.ExtendedInfo': [{ Message: message }] },
});
