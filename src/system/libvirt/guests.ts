import type { Fault } from '../../api/fault.ts';
import { PROCEDURE } from './codecs.gen.ts';
import type { LibvirtConnection } from './connection.ts';
import { type Domain, metadataOf, no } from './metadata.ts';
import { openQemu, register } from './open.ts';
import {
  AFFECT,
  ERROR,
  EVENT_ID,
  LIST_ACTIVE,
  SHUTDOWN_ACPI,
  STATE,
  UNDEFINE_WHOLE,
  XML_INACTIVE,
  XML_SECURE,
} from './protocol.ts';

/**
 * The hypervisor of this node, opened to change its domains. Faults of all: `failed` with libvirt's own words,
 * `unavailable`, `timeout`.
 */
export class Guests {
  readonly #connection: LibvirtConnection;
  readonly #listeners = new Set<() => void>();

  private constructor(connection: LibvirtConnection) {
    this.#connection = connection;
  }

  static async open(socketPath: string): Promise<Guests> {
    let tell = (): void => {};
    const connection = await openQemu(socketPath, 0, () => tell());
    const guests = new Guests(connection);
    tell = () => {
      for (const listener of guests.#listeners) listener();
    };
    await register(connection, EVENT_ID.lifecycle).catch((thrown) => {
      connection.close();
      throw thrown;
    });
    return guests;
  }

  get closed(): Promise<Fault> {
    return this.#connection.closed;
  }

  close(): void {
    this.#connection.close();
  }

  /** Hears that some domain began, ended or changed; answers how to stop. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @param uuid 32 hex digits */
  async find(uuid: string): Promise<Domain | undefined> {
    const asked = { uuid: Buffer.from(uuid, 'hex') };
    const found = await this.#connection.call(PROCEDURE.domainLookupByUuid, asked).catch(no(ERROR.noDomain));
    return found?.dom;
  }

  /** Every domain that runs. */
  async listRunning(): Promise<Domain[]> {
    const asked = { needResults: 1, flags: LIST_ACTIVE };
    return (await this.#connection.call(PROCEDURE.connectListAllDomains, asked)).domains;
  }

  /** The element of this namespace in a domain's metadata; undefined where it has none. */
  metadata(dom: Domain, namespace: string): Promise<string | undefined> {
    return metadataOf(this.#connection, dom, namespace);
  }

  /** virDomainState. */
  async state(dom: Domain): Promise<number> {
    return (await this.#connection.call(PROCEDURE.domainGetState, { dom, flags: 0 })).state;
  }

  /** The definition that its next start goes by, with the passwords in it. */
  async definition(dom: Domain): Promise<string> {
    const flags = XML_SECURE | XML_INACTIVE;
    return (await this.#connection.call(PROCEDURE.domainGetXmlDesc, { dom, flags })).xml;
  }

  /** What it runs by now, without passwords. */
  async running(dom: Domain): Promise<string> {
    return (await this.#connection.call(PROCEDURE.domainGetXmlDesc, { dom, flags: 0 })).xml;
  }

  /** What it runs by now, with the passwords in it. */
  async runningWhole(dom: Domain): Promise<string> {
    return (await this.#connection.call(PROCEDURE.domainGetXmlDesc, { dom, flags: XML_SECURE })).xml;
  }

  /**
   * Puts a device in the place of the one of its kind.
   * @param xml the whole device @param what runs now, or what its next start goes by
   */
  async updateDevice(dom: Domain, xml: string, what: keyof typeof AFFECT): Promise<void> {
    await this.#connection.call(PROCEDURE.domainUpdateDeviceFlags, { dom, xml, flags: AFFECT[what] });
  }

  async define(xml: string): Promise<Domain> {
    return (await this.#connection.call(PROCEDURE.domainDefineXmlFlags, { xml, flags: 0 })).dom;
  }

  /** With all that libvirt keeps of it; its disks stay. One that runs goes with its end. */
  async undefine(dom: Domain): Promise<void> {
    await this.#connection
      .call(PROCEDURE.domainUndefineFlags, { dom, flags: UNDEFINE_WHOLE })
      .catch(no(ERROR.noDomain));
  }

  /** Answers when QEMU runs. */
  async run(dom: Domain): Promise<void> {
    await this.#connection.call(PROCEDURE.domainCreateWithFlags, { dom, flags: 0 });
  }

  /** Presses the power button; whether the guest obeys is seen by its state. */
  async pressButton(dom: Domain): Promise<void> {
    await this.#connection.call(PROCEDURE.domainShutdownFlags, { dom, flags: SHUTDOWN_ACPI });
  }

  /** Takes the power; one that is off stays so. */
  async powerOff(dom: Domain): Promise<void> {
    await this.#connection
      .call(PROCEDURE.domainDestroyFlags, { dom, flags: 0 })
      .catch(no(ERROR.operationInvalid, ERROR.noDomain));
  }

  async suspend(dom: Domain): Promise<void> {
    await this.#connection.call(PROCEDURE.domainSuspend, { dom });
  }

  async resume(dom: Domain): Promise<void> {
    await this.#connection.call(PROCEDURE.domainResume, { dom });
  }
}

/** Whether QEMU holds it: it runs, or is paused, or on its way down. */
export const isOn = (state: number): boolean => state !== STATE.off && state !== STATE.crashed;
