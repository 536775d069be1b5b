import { randomUUID } from 'node:crypto';
import type { Kysely, RawBuilder } from 'kysely';
import type { Api, ParamsOf } from '../define/api.ts';
import type { ErrorShape } from '../define/error-shape.ts';
import type { Fields } from '../define/fields.ts';
import type { Resource } from '../define/resource.ts';
import type { Flow } from '../jobs/flow.ts';
import type { Vault } from '../secrets/vault.ts';
import type { Condition } from '../store/conditions.ts';
import type { Rows } from '../store/load.ts';

/** Where a call comes from. */
export interface Caller {
  readonly address: string;
  /** From this machine itself. */
  readonly isHere: boolean;
}

export interface Session {
  readonly uuid: string;
  readonly accountUuid: string;
  /** The account's own uuid where it was not one of its users who logged in. */
  readonly userUuid: string | null;
  /** May do everything, and sees everything. */
  readonly isAdmin: boolean;
}

/** What a call's code works with. */
export interface Doing {
  /** A job's own transaction: all that it writes is there when the job is done, or nothing. */
  readonly database: Kysely<object>;
  /** Rows by uuid, as they stand outside of any transaction. */
  readonly rows: Rows;
  /** Wall time in milliseconds since 1970. */
  readonly now: number;
  readonly caller: Caller;
  /** Of whoever is logged in; calls that need none may be without. */
  readonly session: Session | undefined;
  readonly conditions: readonly Condition[];
  readonly catalogue: Catalogue;
}

/** What is enough to change rows with all that hangs on them. */
export type Reach = Pick<Doing, 'database' | 'catalogue'>;

/** Fields of an answer, as they go over the wire. */
export type Answer = Readonly<Record<string, unknown>>;

export type Handler<P extends Fields = Fields> = (on: Doing, params: ParamsOf<P>) => Promise<Answer>;

/** An API with what carries it out. */
export interface Served {
  readonly api: Api;
  readonly run: Handler;
  /** What follows once `run` has written what there is at the beginning, and answered what the first step knows. */
  readonly flow?: Flow;
}

/** Binds an API to its code. */
export const serves = <P extends Fields>(api: Api<P>, run: Handler<P>): Served => ({
  api,
  run: run as unknown as Handler,
});

/**
 * Binds an API to its flow.
 * @param begin writes what there is at the beginning, and answers what the first step knows
 */
export const carries = <P extends Fields, C extends object>(
  api: Api<P>,
  flow: Flow,
  begin: (on: Doing, params: ParamsOf<P>) => Promise<C>,
): Served => ({ api, flow, run: begin as unknown as Handler });

/** How tags are written on what is made, and go with it. */
export interface Tagging {
  give(
    on: Doing,
    where: { readonly of: Resource; readonly uuid: string },
    system: readonly string[],
    user: readonly string[],
  ): Promise<void>;
  removeAll(on: Reach, uuid: string): Promise<void>;
}

/** A change as the audit keeps it. */
export interface AuditEntry {
  readonly uuid: string;
  readonly apiName: string;
  readonly session: Pick<Session, 'accountUuid' | 'userUuid'> | undefined;
  /** Where nobody is logged in: whom the call named. */
  readonly accountName?: string;
  readonly clientAddress: string;
  readonly resourceUuid: string | undefined;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970. */
  readonly createDate: number;
}

/** What came of it. */
export interface AuditEnd {
  /** What was made. */
  readonly resourceUuid?: string | undefined;
  readonly error?: Pick<ErrorShape, 'code' | 'details'> | undefined;
}

/** Where changes are recorded. */
export interface Auditing {
  /** @param end undefined: it is not over yet */
  add(database: Kysely<object>, entry: AuditEntry, end: AuditEnd | undefined): Promise<void>;
  end(database: Kysely<object>, uuid: string, end: AuditEnd): Promise<void>;
}

/** Whose resources are, and what ordinary accounts may. */
export interface Access {
  give(on: Doing, of: Resource, uuid: string): Promise<void>;
  removeAll(on: Reach, uuid: string): Promise<void>;
  /** Which of these is not the account's, or not shared with it where that would do. */
  foreign(
    database: Kysely<object>,
    account: string,
    uuids: readonly string[],
    isSharedEnough: boolean,
  ): Promise<string | undefined>;
  /** Whether a resource is the account's or shared with it. @param uuid its uuid in a statement */
  isSeen(account: string, uuid: RawBuilder<unknown>): RawBuilder<unknown>;
  /** Whether ordinary accounts may send a message that otherwise is for admin alone. */
  isGranted(database: Kysely<object>, message: string): Promise<boolean>;
}

/** All that this version knows. */
export interface Catalogue {
  readonly resources: readonly Resource[];
  readonly tagging: Tagging;
  readonly auditing: Auditing;
  readonly access: Access;
  /** Seals what the store may not tell. */
  readonly vault: Vault;
  /** By the class of their message. */
  readonly apis: ReadonlyMap<string, Served>;
}

/** A new uuid: 32 hex digits, version 4. */
export const newUuid = (): string => randomUUID().replaceAll('-', '');
