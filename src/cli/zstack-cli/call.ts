import { apiNamed, type Called } from './called.ts';
import { withPassword } from './password.ts';
import { NoAnswer, send, type Told } from './send.ts';
import { forgetSession, keepSession, keptSession, type Place } from './session.ts';
import { fieldsIn, type Message, mustBeWhole, queryIn } from './words.ts';
import { Wrong } from './wrong.ts';

/**
 * One call in words: the API's name and `name=value`. Throws `Wrong` before anything is sent,
 * then `NoAnswer`. @param signal ends the waiting; what was begun goes on
 */
export async function call(
  place: Place,
  name: string,
  words: readonly string[],
  passwordFd: string | undefined,
  signal?: AbortSignal,
): Promise<Told> {
  const api = apiNamed(name);
  const session = keptSession(place);
  const message = await messageOf(api, words, session, passwordFd);
  if (api.served?.session === true && session === undefined)
    throw new Wrong('nobody is logged in: LogInByAccount accountName=admin');
  const told = await send(
    place,
    api.message,
    {
      ...message,
      session: session === undefined ? {} : { uuid: session },
    },
    signal,
  );
  remember(place, api, told);
  return told;
}

async function messageOf(
  { name, served }: Called,
  words: readonly string[],
  session: string | undefined,
  passwordFd: string | undefined,
): Promise<Message> {
  if (served === undefined) return {};
  if (served.kind === 'query') return queryIn(words);
  const message = await withPassword(served, fieldsIn(served, words), passwordFd);
  mustBeWhole(served, message);
  return name === 'LogOut' ? { sessionUuid: session, ...message } : message;
}

/** A log-in holds for the calls that come; what has expired is forgotten. */
function remember(place: Place, { name }: Called, { success, inventory, error }: Told): void {
  if (success && name.startsWith('LogInBy')) {
    if (inventory?.uuid === undefined) throw new NoAnswer('the answer has no session');
    keepSession(place, inventory.uuid);
  }
  if ((success && name === 'LogOut') || error?.details.includes('Session expired')) forgetSession(place);
}
