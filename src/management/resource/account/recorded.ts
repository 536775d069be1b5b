import { Fault } from '../../../api/fault.ts';
import { type AuditEnd, type Doing, newUuid } from '../../calls/doing.ts';
import type { Api } from '../../define/api.ts';
import { errorOf } from '../../define/error-shape.ts';

/** Who logs in or out. */
export interface Who {
  readonly accountUuid: string | undefined;
  readonly userUuid: string | undefined;
  /** The account's, and the user's behind a slash. */
  readonly name: string;
}

const LONGEST_NAME = 255;

/** Does what logs somebody in or out, and records it with what came of it. */
export async function recorded<T>(
  on: Doing,
  api: Pick<Api, 'name'>,
  who: Who,
  work: () => Promise<T>,
): Promise<T> {
  try {
    const answer = await work();
    await record(on, api, who, {});
    return answer;
  } catch (thrown) {
    await record(on, api, who, { error: errorOf(Fault.from(thrown)) });
    throw thrown;
  }
}

function record(on: Doing, { name }: Pick<Api, 'name'>, who: Who, end: AuditEnd): Promise<void> {
  const { accountUuid, userUuid = accountUuid } = who;
  const entry = {
    ...{ uuid: newUuid(), apiName: name, clientAddress: on.caller.address, createDate: on.now },
    session: accountUuid === undefined ? undefined : { accountUuid, userUuid: userUuid ?? null },
    accountName: who.name.slice(0, LONGEST_NAME),
    ...{ resourceUuid: undefined, parameters: {} },
  };
  return on.catalogue.auditing.add(on.database, entry, end);
}
